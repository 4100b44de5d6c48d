using System.Text.Json.Nodes;
using Omni.Core.Channels;

namespace Omni.Infrastructure.Channels.Simulator;

/// <summary>One account that the simulated platform knows: a phone number of a business account, a page, an Instagram account, or a TikTok business account.</summary>
/// <param name="PhoneNumberId">Its id.</param>
/// <param name="BusinessAccountId">The business account around a number, several of which may share one; the page of a page or an Instagram account.</param>
/// <param name="AccessToken">The token that reads it.</param>
/// <param name="AppSecret">Signs its webhooks.</param>
internal sealed record SimulatedAccount(string PhoneNumberId, string BusinessAccountId, string AccessToken, string AppSecret)
{
    private SimulatedBehaviour _behaviour = new();
    private int _failuresLeft = int.MaxValue;
    private int _failed;

    /// <summary>The platform.</summary>
    public ChannelKind Kind { get; init; }

    /// <summary>The number as people read it.</summary>
    public string DisplayNumber { get; init; } = "+1 555-010-0000";

    /// <summary>The business's name.</summary>
    public string Name { get; init; } = "Simulated Shop";

    /// <summary>Where webhooks are posted; null when nowhere.</summary>
    public Uri? WebhookUrl { get; set; }

    /// <summary>Takes webhooks instead of an address and answers their HTTP status; for channels inside the same program.</summary>
    public Func<SimulatedDelivery, CancellationToken, Task<int>>? Deliver { get; set; }

    /// <summary>Templates in the platform's form: <c>{id,name,language,category,status,components}</c>.</summary>
    public IReadOnlyList<JsonObject> Templates { get; init; } = [];

    /// <summary>Scopes that the token shows when inspected.</summary>
    public IReadOnlyList<string> Scopes { get; init; } = ["whatsapp_business_messaging", "whatsapp_business_management"];

    /// <summary>True once an app subscribed to the business account's webhooks.</summary>
    public bool Subscribed { get; set; }

    /// <summary>What the account does out of the ordinary; may be changed at any time.</summary>
    public SimulatedBehaviour Behaviour
    {
        get => _behaviour;
        set => (_behaviour, _failuresLeft) = (value, value.Times);
    }

    /// <summary>Sends that went wrong on order so far.</summary>
    public int Failed => _failed;

    /// <summary>The failure for the next send; counts it.</summary>
    internal SimulatedFailure NextFailure()
    {
        if (Behaviour.Failure == SimulatedFailure.None || Interlocked.Decrement(ref _failuresLeft) < 0)
        {
            return SimulatedFailure.None;
        }

        Interlocked.Increment(ref _failed);
        return Behaviour.Failure;
    }
}

/// <summary>A person who writes to a simulated account.</summary>
/// <param name="Phone">Digits; null for a person who shows only a user name.</param>
/// <param name="Name">Profile name.</param>
/// <param name="UserId">Business-scoped id.</param>
/// <param name="Username">Public user name.</param>
internal sealed record SimulatedPerson(string? Phone, string Name, string? UserId = null, string? Username = null);

/// <summary>A webhook on its way.</summary>
/// <param name="Body">The bytes.</param>
/// <param name="Header">Name of its signature header.</param>
/// <param name="Signature">Value of that header.</param>
/// <param name="About">The platform's id of the message it is about.</param>
/// <param name="What"><c>message</c>, or the reported state.</param>
internal sealed record SimulatedDelivery(byte[] Body, string Header, string Signature, string About, string What);
