using Omni.Core.Common;

namespace Omni.Core.Channels;

/// <summary>A person's login at Facebook, which gives out the tokens of the pages they manage.</summary>
public interface IMetaLogin
{
    /// <summary>True when the installation has a Meta app to log in with.</summary>
    bool IsOffered { get; }

    /// <summary>The page of Facebook that asks the person for consent.</summary>
    /// <param name="kind">For which platform.</param>
    /// <param name="back">Where Facebook sends the person back to.</param>
    /// <param name="state">Comes back unchanged.</param>
    Uri Dialog(ChannelKind kind, Uri back, string state);

    /// <summary>Exchanges the code that came back for a person's token.</summary>
    Task<Result<string>> ExchangeAsync(string code, Uri back, CancellationToken ct);

    /// <summary>The pages of the person a token belongs to.</summary>
    Task<Result<IReadOnlyList<MetaPage>>> PagesAsync(string token, CancellationToken ct);
}

/// <summary>A page that a person manages.</summary>
/// <param name="Id">The page.</param>
/// <param name="Name">Its name.</param>
/// <param name="Token">Its own token.</param>
/// <param name="InstagramId">The Instagram account linked to it; null when none is.</param>
/// <param name="InstagramName">That account's user name.</param>
public sealed record MetaPage(string Id, string Name, string Token, string? InstagramId, string? InstagramName)
{
    /// <summary>Names only, so that a log line cannot leak a token.</summary>
    public override string ToString() => $"MetaPage {{ Id = {Id} }}";
}
