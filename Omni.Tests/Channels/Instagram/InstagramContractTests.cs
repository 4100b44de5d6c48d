using Omni.Core.Channels;
using Omni.Infrastructure.Channels.Meta;
using Omni.Tests.Channels.Contract;
using Omni.Tests.Channels.Meta;
using Xunit.Abstractions;

namespace Omni.Tests.Channels.Instagram;

public sealed class InstagramContractTests(ITestOutputHelper output) : DirectContract(output)
{
    protected override ChannelKind Kind => ChannelKind.Instagram;

    protected override string Topic => MetaTopic.Instagram;

    internal override ChannelAccess Access => With("page");

    internal override ChannelAccess EndingAccess => With("login");

    internal override PlatformAnswer RefusesToRenew => new(400, """{"error":{"code":190,"message":"Session has expired"}}""");

    internal override PlatformAnswer Renews(string token) => new(200, $$"""{"access_token":"{{token}}","token_type":"bearer","expires_in":5183944}""");

    private static ChannelAccess With(string variant) => new("17841400000000411", new Dictionary<string, string>
    {
        ["accountId"] = "17841400000000411", ["variant"] = variant, ["pageId"] = "700100200300411", ["accessToken"] = "token",
    });
}
