namespace Omni.Core.Channels;

/// <summary>Names of credentials in the API contract.</summary>
public static class CredentialNames
{
    /// <summary>WhatsApp's id of a phone number: the account.</summary>
    public const string PhoneNumberId = "phoneNumberId";

    /// <summary>WhatsApp's id of the business account that holds the number.</summary>
    public const string BusinessAccountId = "businessAccountId";

    /// <summary>A Facebook page's id: Messenger's account, and the page an Instagram account is linked to.</summary>
    public const string PageId = "pageId";

    /// <summary>An Instagram professional account's id: the account.</summary>
    public const string AccountId = "accountId";

    /// <summary>A TikTok business account's open id: the account.</summary>
    public const string BusinessId = "businessId";

    /// <summary>How an Instagram account is connected: <see cref="VariantPage"/> or <see cref="VariantLogin"/>.</summary>
    public const string Variant = "variant";

    /// <summary>By the Facebook page it is linked to.</summary>
    public const string VariantPage = "page";

    /// <summary>By Instagram's own login.</summary>
    public const string VariantLogin = "login";

    /// <summary>A Reddit account's name without <c>u/</c>, in lower case: the account.</summary>
    public const string Username = "username";

    /// <summary>The token calls to the platform are made with.</summary>
    public const string AccessToken = "accessToken";

    /// <summary>What a token that ends is exchanged with.</summary>
    public const string RefreshToken = "refreshToken";

    /// <summary>The id of a channel's own app, where tokens can only be exchanged with it.</summary>
    public const string AppId = "appId";

    /// <summary>Secret of a channel's own app, which signs its deliveries.</summary>
    public const string AppSecret = "appSecret";

    /// <summary>The word a platform repeats when it checks a channel's own webhook address.</summary>
    public const string VerifyToken = "verifyToken";

    /// <summary>Public name of a website chat, which its snippet carries: the account.</summary>
    public const string SiteKey = "siteKey";

    /// <summary>Secret with which a site proves who its visitors are.</summary>
    public const string IdentitySecret = "identitySecret";
}
