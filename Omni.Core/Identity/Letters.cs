namespace Omni.Core.Identity;

/// <summary>The product's letters, in plain text.</summary>
internal static class Letters
{
    internal static Mail Link(string to, OneTimePurpose purpose, string link, Func<CancellationToken, Task> onMailed) => purpose switch
    {
        OneTimePurpose.ResetPassword => new Mail(to, "A new password for Omni", $"""
            Somebody asked for a new password for this address. If it was you, choose one here within an hour:

            {link}

            If it was not you, nothing has changed and nothing needs to be done.
            """, onMailed),
        _ => new Mail(to, "Confirm your e-mail address", $"""
            Please confirm that this address is yours. The link works for 24 hours:

            {link}

            If you have no account in Omni, ignore this letter.
            """, onMailed),
    };

    internal static Mail Invitation(string to, string inviter, string organization, string link, Func<CancellationToken, Task> onMailed) => new(
        to, $"{OneLine(inviter)} invites you to {OneLine(organization)}", $"""
        {OneLine(inviter)} invites you to answer customers together as {OneLine(organization)}. The link works for seven days, once:

        {link}

        If you do not know what this is about, ignore this letter.
        """, onMailed);

    internal static Mail PasswordChanged(string to) => new(to, "Your password was changed", """
        The password of your account in Omni was just changed, and other devices were signed out.

        If it was not you, ask for a new password now ("Forgot it?" on the sign-in page) and tell your administrator.
        """);

    // Names are typed by people: a line break in a subject would begin another header.
    private static string OneLine(string text) => string.Concat(text.Select(c => char.IsControl(c) ? ' ' : c));
}
