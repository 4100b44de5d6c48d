using Microsoft.AspNetCore.Identity;
using Omni.Core.Common;

namespace Omni.Core.Identity;

/// <summary>A person (or AI agent) with an account in this installation. Belongs to organizations through memberships.</summary>
public sealed class User : IdentityUser<Guid>
{
    /// <summary>A new account with an id of its own.</summary>
    public User() => Id = OmniId.New();

    /// <summary>Name as others see it.</summary>
    public string DisplayName { get; set; } = "";

    /// <summary>Where the picture is; null without one.</summary>
    public string? AvatarUrl { get; set; }

    /// <summary>Human or AI agent.</summary>
    public UserKind Kind { get; set; }

    /// <summary>True for administrators of the whole installation.</summary>
    public bool IsInstallationAdministrator { get; set; }

    /// <summary>Personal settings as JSON (theme, density, send key, shortcuts).</summary>
    public string Settings { get; set; } = "{}";

    /// <summary>When the account was made (UTC).</summary>
    public DateTimeOffset CreatedAt { get; init; }
}

/// <summary>Who is behind an account.</summary>
public enum UserKind
{
    /// <summary>A person.</summary>
    Human,

    /// <summary>A program that talks like a person.</summary>
    AiAgent,
}
