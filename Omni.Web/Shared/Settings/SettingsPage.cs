using Microsoft.AspNetCore.Components;
using Omni.Core.Common;
using Omni.Core.Identity;

namespace Omni.Web.Shared.Settings;

/// <summary>What every page of the settings shares: one thing at a time, and a refusal or failure said in words instead of a broken page.</summary>
public abstract class SettingsPage : ComponentBase
{
    [Inject] private ILoggerFactory Logs { get; set; } = null!;

    [Inject] private ICurrentActor Current { get; set; } = null!;

    [Inject] private ICurrentSession CurrentSession { get; set; } = null!;

    /// <summary>True until the page's content was read for the first time.</summary>
    protected bool Loading { get; private set; } = true;

    /// <summary>True while something the person asked for is under way.</summary>
    protected bool Busy { get; private set; }

    /// <summary>Why the page's content could not be read; null when it could.</summary>
    protected string? LoadFailure { get; private set; }

    /// <summary>True when the person may not see the page.</summary>
    protected bool IsForbidden { get; private set; }

    /// <summary>What just happened, in words.</summary>
    protected string? Notice { get; private set; }

    /// <summary>ok, warn or bad.</summary>
    protected string NoticeTone { get; private set; } = "ok";

    /// <summary>What is wrong with which input of the form that was sent last.</summary>
    protected FormErrors Errors { get; } = new();

    private Rereader? _rereader;

    /// <inheritdoc/>
    protected override Task OnInitializedAsync() => ReadAsync();

    /// <summary>Says that the content is there although nothing was read.</summary>
    protected void ShowKnown() => Loading = false;

    /// <summary>Reads the page's content.</summary>
    /// <param name="actor">Who looks, as of now: a role may have changed since the page was opened.</param>
    /// <returns>Why not, or null.</returns>
    protected abstract Task<Refusal?> LoadAsync(Actor actor);

    /// <summary>Reads the content, again after a failure or a change; what is on the page stays meanwhile. One reading at a time.</summary>
    protected Task ReadAsync() => (_rereader ??= new Rereader(ReadOnceAsync)).AgainAsync();

    private async Task ReadOnceAsync()
    {
        try
        {
            var refusal = (await Current.GetAsync(CancellationToken.None)).Succeeded(out var actor, out var nobody) ? await LoadAsync(actor) : nobody;
            IsForbidden = refusal is Refusal.Forbidden;
            LoadFailure = refusal?.Message;
        }
        catch (Exception failure) when (failure is not OperationCanceledException)
        {
            LoadFailure = Unexpected(failure);
        }

        Loading = false;
    }

    /// <summary>Does one thing the person asked for. A refusal of one input is shown there, any other as a notice.</summary>
    /// <param name="work">What to do.</param>
    /// <param name="done">What to say afterwards; null for nothing.</param>
    /// <returns>True when it was done.</returns>
    protected Task<bool> DoAsync<T>(Func<Actor, Task<Result<T>>> work, string? done = null) => RunAsync(
        async () => (await Current.GetAsync(CancellationToken.None)).Succeeded(out var actor, out var refusal) ? await work(actor) : refusal, done);

    /// <summary>Who acts, as of now.</summary>
    protected ValueTask<Result<Actor>> ActorAsync() => Current.GetAsync(CancellationToken.None);

    /// <summary>The same for what concerns the person's own account.</summary>
    protected Task<bool> DoForSessionAsync<T>(Func<SessionState, Task<Result<T>>> work, string? done = null) => RunAsync(
        async () => (await CurrentSession.GetAsync(CancellationToken.None)).Succeeded(out var me, out var refusal) ? await work(me) : refusal, done);

    /// <summary>The person's session, for reading what concerns the account.</summary>
    protected ValueTask<Result<SessionState>> SessionAsync() => CurrentSession.GetAsync(CancellationToken.None);

    /// <summary>Shows a notice; null takes it away.</summary>
    protected void Say(string? words, string tone = "ok") => (Notice, NoticeTone) = (words, tone);

    private async Task<bool> RunAsync<T>(Func<Task<Result<T>>> work, string? done)
    {
        if (Busy)
        {
            return false;
        }

        (Busy, Notice) = (true, null);
        Errors.Clear();
        try
        {
            if ((await Attempts.RunAsync(work)).Succeeded(out _, out var refusal))
            {
                Say(done);
                return true;
            }

            if (!Errors.Take(refusal))
            {
                Say(refusal.Message, "bad");
            }

            return false;
        }
        catch (Exception failure) when (failure is not OperationCanceledException)
        {
            Say(Unexpected(failure), "bad");
            return false;
        }
        finally
        {
            Busy = false;
        }
    }

    private string Unexpected(Exception failure)
    {
        var code = OmniId.New().ToString("N")[^8..];
        SettingsLog.Failed(Logs.CreateLogger(GetType()), failure, code);
        return $"Something went wrong on our side. Try again; if it stays, give your administrator the code {code}.";
    }
}

/// <summary>Log lines of the settings' pages.</summary>
internal static partial class SettingsLog
{
    [LoggerMessage(Level = LogLevel.Error, Message = "A settings page failed, code {Code}.")]
    internal static partial void Failed(ILogger log, Exception failure, string code);
}

/// <summary>What is wrong with which input.</summary>
public sealed class FormErrors
{
    private readonly Dictionary<string, string> _words = new(StringComparer.OrdinalIgnoreCase);

    /// <summary>What is wrong with an input; null when nothing is.</summary>
    public string? For(string field) => _words.GetValueOrDefault(field);

    /// <summary>What is wrong with an input or one below it (<c>settings.hours</c> is below <c>settings</c>); null when nothing is.</summary>
    public string? Starting(string field) => For(field) ?? _words.FirstOrDefault(w => w.Key.StartsWith(field + ".", StringComparison.OrdinalIgnoreCase)).Value;

    /// <summary>Forgets everything.</summary>
    public void Clear() => _words.Clear();

    /// <summary>Remembers what a refusal says about an input; false when it is about none.</summary>
    public bool Take(Refusal refusal)
    {
        if (refusal is not Refusal.Invalid invalid)
        {
            return false;
        }

        _words[invalid.Field] = invalid.Message;
        return true;
    }
}
