namespace Omni.Web.Shared.Api;

/// <summary>The envelope of a success, for the API's description.</summary>
/// <typeparam name="T">What the answer carries.</typeparam>
/// <param name="Success">Always true.</param>
/// <param name="Data">The answer.</param>
public sealed record Answer<T>(bool Success, T Data);

/// <summary>The envelope of one page of a list, for the API's description.</summary>
/// <typeparam name="T">A row.</typeparam>
/// <param name="Success">Always true.</param>
/// <param name="Data">The rows.</param>
/// <param name="Pagination">Where the next page begins.</param>
public sealed record ListAnswer<T>(bool Success, IReadOnlyList<T> Data, Pagination Pagination);

/// <summary>Where the next page of a list begins.</summary>
/// <param name="NextCursor">Send it as <c>cursor</c>; null at the end.</param>
/// <param name="Limit">Rows of a page.</param>
public sealed record Pagination(string? NextCursor, int Limit);

/// <summary>The envelope of a success that has nothing to tell, for the API's description.</summary>
/// <param name="Success">Always true.</param>
public sealed record Acknowledged(bool Success);
