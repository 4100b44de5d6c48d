using System.Buffers.Text;
using System.Security.Cryptography;
using Omni.Infrastructure.Notifications.Push;

namespace Omni.Tests.Notifications;

public sealed class PushEncryptionTests
{
    /// <summary>RFC 8291, appendix A: with the sender's key and salt given there the result is given too.</summary>
    [Fact]
    public void The_standards_own_example_comes_out()
    {
        using var sender = ECDiffieHellman.Create(Key("yfWPiYE-n46HLnH0KqZOF1fJJU3MYrct3AELtAQ-oRw", "BP4z9KsN6nGRTbVYI_c7VJSPQTBtkgcy27mlmlMoZIIgDll6e3vCYLocInmYWAmS6TlzAC8wEqKK6PBru3jl7A8"));

        var message = PushEncryption.Encrypt(
            "When I grow up, I want to be a watermelon"u8,
            Base64Url.DecodeFromChars("BCVxsr7N_eNgVRqvHtD0zTZsEc6-VV-JvLexhqUzORcxaOzi6-AYWXvTBHm4bjyPjs7Vd8pZGH6SRpkNtoIAiw4"),
            Base64Url.DecodeFromChars("BTBZMqHH6r4Tts7J_aSIgg"),
            sender,
            Base64Url.DecodeFromChars("DGv6ra1nlYgDCS1FRnbzlw"));

        Assert.Equal(
            "DGv6ra1nlYgDCS1FRnbzlwAAEABBBP4z9KsN6nGRTbVYI_c7VJSPQTBtkgcy27mlmlMoZIIgDll6e3vCYLocInmYWAmS6TlzAC8wEqKK6PBru3jl7A_yl95bQpu6cVPTpK4Mqgkf1CXztLVBSt2Ks3oZwbuwXPXLWyouBWLVWGNWQexSgSxsj_Qulcy4a-fN",
            Base64Url.EncodeToString(message));
    }

    [Fact]
    public void The_longest_text_fits_what_push_services_take()
    {
        using var browser = new BrowserKeys();

        var message = PushEncryption.Encrypt(new byte[PushEncryption.MaxText], browser.PublicKey, browser.Secret);

        Assert.Equal(4096, message.Length);
        Assert.Equal(new byte[PushEncryption.MaxText], browser.Decrypt(message));
        Assert.NotEqual(message[..16], PushEncryption.Encrypt([], browser.PublicKey, browser.Secret)[..16]); // a salt of its own each time
    }

    private static ECParameters Key(string secret, string point)
    {
        var bytes = Base64Url.DecodeFromChars(point);
        return new ECParameters { Curve = ECCurve.NamedCurves.nistP256, D = Base64Url.DecodeFromChars(secret), Q = new ECPoint { X = bytes[1..33], Y = bytes[33..] } };
    }
}
