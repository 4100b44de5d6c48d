using Omni.Core.Channels;
using Omni.Infrastructure.Channels.Meta;
using Omni.Tests.Channels.Meta;
using Xunit.Abstractions;

namespace Omni.Tests.Channels.Messenger;

public sealed class MessengerContractTests(ITestOutputHelper output) : DirectContract(output)
{
    protected override ChannelKind Kind => ChannelKind.Messenger;

    protected override string Topic => MetaTopic.Messenger;

    internal override ChannelAccess Access => new("700100200300411", new Dictionary<string, string> { ["pageId"] = "700100200300411", ["accessToken"] = "token" });
}
