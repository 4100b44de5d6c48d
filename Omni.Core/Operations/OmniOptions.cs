using System.ComponentModel.DataAnnotations;

namespace Omni.Core.Operations;

/// <summary>Settings of the whole installation. Lists are one text with commas, so that an environment variable can carry them.</summary>
public sealed class OmniOptions
{
    /// <summary>The section's name in the configuration.</summary>
    public const string Section = "Omni";

    /// <summary>Folder of the private database, files and keys; a relative path starts at the current folder.</summary>
    [Required(AllowEmptyStrings = false)]
    public string DataDirectory { get; init; } = "data";

    /// <summary>Address under which browsers and platforms reach Omni (http or https, no query); null means the listening address.</summary>
    public string? PublicUrl { get; init; }

    /// <summary>What this node does: <c>web</c>, <c>worker</c> or both.</summary>
    public string Roles { get; init; } = "web,worker";

    /// <summary>Who may make an account.</summary>
    [EnumDataType(typeof(RegistrationMode))]
    public RegistrationMode Registration { get; init; } = RegistrationMode.Invite;

    /// <summary>Addresses or networks (<c>10.0.0.0/8</c>) whose X-Forwarded-* headers count; empty: nobody's.</summary>
    public string TrustedProxies { get; init; } = "";

    /// <summary>How logs are written: <c>json</c> (one object a line), <c>text</c>, or <c>auto</c>: text at a terminal, JSON otherwise.</summary>
    [RegularExpression("^(auto|json|text)$", ErrorMessage = "expected auto, json or text.")]
    public string Logs { get; init; } = "auto";

    /// <summary>Bearer token with which <c>/metrics</c> may be read from other machines (16 characters or more); null: only from this one.</summary>
    [MinLength(16, ErrorMessage = "expected 16 characters or more, such as the output of: openssl rand -hex 16")]
    public string? MetricsToken { get; init; }

    /// <summary>Whether sandbox channels can be made.</summary>
    public bool Sandbox { get; init; } = true;

    /// <summary>32 bytes in base64 that wrap each organization's data key; null: one is made in the data folder.</summary>
    public string? MasterKey { get; init; }

    /// <summary>Former master keys, with commas, that still unwrap until <c>--rotate-master-key</c> has run; empty: none.</summary>
    public string PreviousMasterKeys { get; init; } = "";

    /// <summary>Browser programs of other origins.</summary>
    public CorsOptions Cors { get; init; } = new();

    /// <summary>Calls from flows and webhooks to addresses in the own network.</summary>
    public EgressOptions Egress { get; init; } = new();

    /// <summary>The embedded database server.</summary>
    public EmbeddedPostgresOptions Postgres { get; init; } = new();

    /// <summary>How many items the background workers of this node handle at once.</summary>
    public WorkerOptions Workers { get; init; } = new();

    /// <summary>Whether this node serves pages, the API and webhooks.</summary>
    public bool ServesWeb => List(Roles).Contains("web", StringComparer.OrdinalIgnoreCase);

    /// <summary>Whether this node runs queues and jobs.</summary>
    public bool RunsWorkers => List(Roles).Contains("worker", StringComparer.OrdinalIgnoreCase);

    /// <summary>The data folder as a full path.</summary>
    public string FullDataDirectory => Path.GetFullPath(DataDirectory);

    /// <summary>Takes a setting that holds a list apart.</summary>
    /// <param name="text">Values with commas between them; spaces around a value do not count.</param>
    public static IReadOnlyList<string> List(string? text) =>
        (text ?? "").Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
}

/// <summary>Who may make an account.</summary>
public enum RegistrationMode
{
    /// <summary>The first account, then only people with an invitation.</summary>
    Invite,

    /// <summary>Everybody.</summary>
    Open,
}

/// <summary><c>Omni:Cors</c>: browser programs of other origins.</summary>
public sealed class CorsOptions
{
    /// <summary>Origins that may call the API, such as <c>https://app.example.com</c>, with commas; empty: none.</summary>
    public string Origins { get; init; } = "";
}

/// <summary><c>Omni:Egress</c>: where pushes, flows and outgoing webhooks may connect in the own network.</summary>
public sealed class EgressOptions
{
    /// <summary>Addresses, networks or host names in the own network that may be called, with commas; empty: none.</summary>
    public string Allow { get; init; } = "";
}

/// <summary><c>Omni:Postgres</c>: the embedded database server.</summary>
public sealed class EmbeddedPostgresOptions
{
    /// <summary>Folder with <c>initdb</c>, <c>pg_ctl</c> and <c>postgres</c>; null: they are searched for.</summary>
    public string? BinDirectory { get; init; }
}

/// <summary><c>Omni:Workers</c>: parallel work of one node.</summary>
public sealed class WorkerOptions
{
    /// <summary>Channels whose incoming events are applied at once.</summary>
    [Range(1, 64)]
    public int Inbound { get; init; } = 4;

    /// <summary>Messages sent at once.</summary>
    [Range(1, 256)]
    public int Sender { get; init; } = 16;

    /// <summary>Files downloaded at once.</summary>
    [Range(1, 64)]
    public int Media { get; init; } = 4;
}
