namespace Omni.Core.Common;

/// <summary>Why a request was not carried out: an expected outcome, never an exception.</summary>
/// <param name="Message">Plain words for the person who asked, without internals.</param>
public abstract record Refusal(string Message)
{
    /// <summary>The product's own error code (docs/errors.md), or null when the HTTP status says it all.</summary>
    public ErrorCode? Code { get; init; }

    /// <summary>Members that help a program react, serialized as they are; null when there are none.</summary>
    public object? Details { get; init; }

    /// <summary>One input has a wrong value.</summary>
    /// <param name="Field">Name of the input as the caller knows it.</param>
    /// <param name="Message">What is expected instead.</param>
    public sealed record Invalid(string Field, string Message) : Refusal(Message);

    /// <summary>Does not exist, or belongs to another organization: the two are never told apart.</summary>
    /// <param name="What">The thing as the sentence's subject: "The conversation".</param>
    public sealed record NotFound(string What) : Refusal($"{What} does not exist or you cannot see it.");

    /// <summary>Exists, but the actor's role or scope does not allow this.</summary>
    public sealed record Forbidden(string Message = "Your role does not allow this.") : Refusal(Message);

    /// <summary>Nobody is signed in, or the session or token no longer counts.</summary>
    public sealed record Unauthenticated(string Message = "Sign in first.") : Refusal(Message);

    /// <summary>Something changed meanwhile, or the same key came with another body.</summary>
    public sealed record Conflict(string Message) : Refusal(Message);

    /// <summary>What was sent is larger than allowed.</summary>
    /// <param name="Message">The limit, in plain words.</param>
    public sealed record TooLarge(string Message) : Refusal(Message)
    {
        /// <summary>Name of the input; null when it is the whole request.</summary>
        public string? Field { get; init; }
    }

    /// <summary>What was sent is of a kind that is not taken.</summary>
    /// <param name="Field">Name of the input as the caller knows it.</param>
    /// <param name="Message">What is taken, in plain words.</param>
    public sealed record WrongType(string Field, string Message) : Refusal(Message);

    /// <summary>Too many attempts.</summary>
    /// <param name="After">How long to wait.</param>
    public sealed record TooMany(TimeSpan After) : Refusal("Too many attempts. Wait a moment and try again.");

    /// <summary>A part that is needed is away: the database, a platform.</summary>
    /// <param name="Message">What is away, in plain words.</param>
    /// <param name="After">When trying again makes sense.</param>
    public sealed record Unavailable(string Message, TimeSpan After) : Refusal(Message);
}
