using Omni.Core.Tenancy;

namespace Omni.Web.Tenancy;

/// <summary>Roles in words.</summary>
public static class RoleWords
{
    /// <summary>Name of a role.</summary>
    public static string Of(MemberRole role) => role switch
    {
        MemberRole.Owner => "Owner",
        MemberRole.Admin => "Administrator",
        MemberRole.Agent => "Agent",
        _ => "Viewer",
    };

    /// <summary>What a role may do.</summary>
    public static string Meaning(MemberRole role) => role switch
    {
        MemberRole.Owner => "Everything, including the organization itself.",
        MemberRole.Admin => "Also channels, team and settings.",
        MemberRole.Agent => "Reads and answers.",
        _ => "Reads only.",
    };
}
