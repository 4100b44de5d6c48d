using System.Collections.Frozen;
using Omni.Core.Channels;
using static Omni.Core.Channels.SendReaction;

namespace Omni.Infrastructure.Channels.WhatsApp;

/// <summary>
/// The platform's error codes, what follows from each, and what a person should read
/// (developers.facebook.com/docs/whatsapp/cloud-api/support/error-codes). Titles change between versions; codes do not.
/// </summary>
internal static class WhatsAppErrorTable
{
    private static readonly FrozenDictionary<int, (SendReaction Reaction, string Words)> Known = new Dictionary<int, (SendReaction, string)>
    {
        [1] = (Retry, "WhatsApp had a passing problem."),
        [2] = (Retry, "WhatsApp is down or overloaded for a moment."),
        [4] = (Retry, "The Meta app made too many calls; sending goes on when its limit allows."),
        [80007] = (Retry, "The business account reached its rate limit; sending goes on when it allows."),
        [130429] = (Retry, "The number reached its messages per second; sending goes on when it allows."),
        [131000] = (Retry, "WhatsApp could not send for a reason it does not name."),
        [131016] = (Retry, "A part of WhatsApp is away for a moment."),
        [131057] = (Retry, "The number is in maintenance, usually while its throughput is raised."),
        [133016] = (Retry, "The number was registered too often; WhatsApp asks to wait."),

        [131056] = (SlowDown, "Too many messages to this person in a short time; the next ones wait."),

        [131048] = (Pause, "WhatsApp limits this number because too many people blocked or reported it. Stop campaigns and look at the quality rating in WhatsApp Manager."),
        [131049] = (Pause, "WhatsApp did not deliver this marketing message, to keep people from receiving too many. Do not send it again soon."),
        [131064] = (Pause, "WhatsApp holds messages of this account for the moment. Look at the account's messages in WhatsApp Manager."),
        [368] = (Pause, "WhatsApp blocked the account for a policy violation. Open Account Quality in Meta Business Suite."),
        [131031] = (Pause, "WhatsApp locked the account. Open Account Quality in Meta Business Suite and appeal or correct the data."),
        [130497] = (Pause, "The account may not write to people in this country."),

        [0] = (Reauthorize, "WhatsApp does not accept the access token. Connect the channel again with a new token."),
        [190] = (Reauthorize, "The access token has expired or was revoked. Connect the channel again with a new token."),
        [3] = (Reauthorize, "The Meta app lacks a capability. Check the app's permissions and connect again."),
        [10] = (Reauthorize, "The access token lacks a permission. Give it whatsapp_business_messaging and connect again."),
        [131005] = (Reauthorize, "The access token may not use this number. Give the system user access to the business account and connect again."),

        [131047] = (UseTemplate, "More than 24 hours have passed since this person last wrote. Send an approved template; when they answer, free messages are possible again."),

        [131026] = (GiveUpContact, "This person cannot be reached: not on WhatsApp, too old a version, or they have not accepted the terms. Reach them another way."),
        [130472] = (GiveUpContact, "This person is in a test group of WhatsApp that receives no marketing messages. Wait until they write."),
        [131050] = (GiveUpContact, "This person stopped marketing messages from you. Only send what they asked for."),
        [131021] = (GiveUpContact, "Sender and receiver are the same number."),
        [131030] = (GiveUpContact, "The number is not on the test list. Add it in the Meta app, or take the app live."),
        [131062] = (GiveUpContact, "This person shares no phone number and this message cannot be sent without one. Send another kind of message."),

        [100] = (GiveUpContent, "WhatsApp did not understand a part of the message. Change it and send it again."),
        [131008] = (GiveUpContent, "A part that WhatsApp needs is missing. Add it and send the message again."),
        [131009] = (GiveUpContent, "A part of the message has a value that WhatsApp does not take. Change it and send it again."),
        [131051] = (GiveUpContent, "WhatsApp does not support this type of message."),
        [131052] = (GiveUpContent, "The file could not be downloaded. Ask the person to send it again."),
        [131053] = (GiveUpContent, "WhatsApp did not take the file. Check its type and size and attach it again."),
        [132000] = (GiveUpContent, "The template has another number of places than values were given. Fill in every place."),
        [132001] = (GiveUpContent, "The template does not exist in this language, or is not approved yet. Choose another one."),
        [132005] = (GiveUpContent, "The filled-in template is too long. Shorten the values."),
        [132007] = (GiveUpContent, "The template's content breaks a WhatsApp policy. Change the template."),
        [132008] = (GiveUpContent, "A value of the template has a form that WhatsApp does not take, such as a line break. Change it."),
        [132012] = (GiveUpContent, "A value of the template has the wrong kind. Compare with the template's places."),
        [132015] = (GiveUpContent, "The template is paused for low quality. Choose another one, or improve it."),
        [132016] = (GiveUpContent, "The template was disabled for low quality. Create another one."),
        [132068] = (GiveUpContent, "The form behind the template is blocked. Correct it in WhatsApp Manager."),
        [132069] = (GiveUpContent, "The form behind the template is limited to a few sends an hour. Correct it in WhatsApp Manager."),

        [131037] = (GiveUpAccount, "The number has no approved display name. Set one in WhatsApp Manager."),
        [131042] = (GiveUpAccount, "WhatsApp cannot bill the account. Check the payment method in Meta Business Suite."),
        [131045] = (GiveUpAccount, "The number is not registered correctly. Register it again in WhatsApp Manager."),
    }.ToFrozenDictionary();

    /// <summary>Every documented code.</summary>
    public static IEnumerable<int> Codes => Known.Keys;

    /// <summary>True and what follows, for a documented code.</summary>
    public static bool TryGet(int code, out (SendReaction Reaction, string Words) found) =>
        Known.TryGetValue(code, out found)
        || (code is >= 200 and <= 299 && Known.TryGetValue(10, out found)); // the whole range is about permissions
}
