using System.Net;

namespace Omni.Tests.Security;

[Collection("Security")]
public sealed class StrayLinkTests(SecurityRig rig)
{
    [Theory]
    [InlineData("omni_inv_nonsense")]
    [InlineData("omni_inv_AaIABgMbcAC8cWRds1lJ-IjaRjsofGdlKM1CCquPkq3IbP452V5iW0BIK8sASWgv")]
    public async Task An_invitation_that_does_not_work_says_so_to_strangers_and_members(string token)
    {
        var (signedIn, _) = await rig.SignInAsync(rig.Spine.Email);
        using var member = signedIn;
        using var stranger = rig.Client();
        foreach (var http in new[] { stranger, member })
        {
            using var answer = await http.GetAsync($"/invitation/{token}");
            Assert.Equal(HttpStatusCode.NotFound, answer.StatusCode);
            Assert.Contains("This invitation does not work", await answer.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        }
    }
}
