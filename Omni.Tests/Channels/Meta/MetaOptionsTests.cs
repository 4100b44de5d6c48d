using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using Omni.Core.Channels;
using Omni.Tests.Channels.WhatsApp;

namespace Omni.Tests.Channels.Meta;

public sealed class MetaOptionsTests
{
    private static readonly Uri Graph = new("http://127.0.0.1:1/");

    [Fact]
    public void Defaults_are_the_public_platform()
    {
        var options = new MetaOptions();
        Assert.Equal(("https://graph.facebook.com/", "https://graph.instagram.com/", "v26.0"), (options.GraphUrl.ToString(), options.InstagramGraphUrl.ToString(), options.ApiVersion));
    }

    [Theory]
    [InlineData("ApiVersion", "26")]
    [InlineData("AppId", "my app")]
    [InlineData("AppSecret", "short")]
    [InlineData("VerifyToken", "short")]
    [InlineData("InstagramGraphUrl", "ftp://x/")]
    [InlineData("InstagramGraphUrl", "relative")]
    [InlineData("InstagramGraphUrl", "https://user@x/")]
    public void A_wrong_value_is_named_with_its_key(string key, string value)
    {
        using var services = WhatsAppRig.Services(Graph, (key, value));
        var error = Assert.Throws<OptionsValidationException>(() => services.GetRequiredService<IOptions<MetaOptions>>().Value);
        Assert.Contains($"Platforms:Meta:{key}", error.Message, StringComparison.Ordinal);
    }
}
