using Omni.Core.Channels;
using Omni.Core.Common;

namespace Omni.Infrastructure.Channels.Meta;

/// <summary>Reads names of people who wrote (developers.facebook.com/docs/messenger-platform/identity/user-profile).</summary>
internal sealed class DirectProfiles(GraphClient graph, DirectPlatform platform)
{
    private const int LongestName = 200;

    /// <inheritdoc cref="IContactProfiles.ProfileAsync"/>
    public async Task<Result<ContactProfile>> ReadAsync(string contactId, ChannelAccess access, CancellationToken ct)
    {
        var isInstagram = platform.Topic == MetaTopic.Instagram;
        var answer = await graph.GetAsync($"{Uri.EscapeDataString(contactId)}?fields={(isInstagram ? "name,username" : "first_name,last_name")}", access, ct);
        switch (platform.Verdicts.OfRepeatable(answer))
        {
            case null:
                var body = ((GraphAnswer.Answered)answer).Body;
                var name = isInstagram ? body.Text("name"u8) : string.Join(' ', new[] { body.Text("first_name"u8), body.Text("last_name"u8) }.OfType<string>());
                return new ContactProfile(string.IsNullOrWhiteSpace(name) ? null : PlatformJson.Short(name.Trim(), LongestName), body.Text("username"u8) is { } user ? PlatformJson.Short(user, LongestName) : null);
            case SendOutcome.Retry retry:
                return new Refusal.Unavailable(retry.Message, retry.After);
            case SendOutcome.Reauthorize refused:
                return new Refusal.Forbidden(refused.Message);
            default:
                return new Refusal.NotFound("The profile");
        }
    }
}
