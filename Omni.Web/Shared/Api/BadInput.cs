using System.Net.Mime;
using System.Text.Json;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.ModelBinding;

namespace Omni.Web.Shared.Api;

/// <summary>Answers input that does not fit its type: 400 with one entry per field, in the caller's names and without those of our types.</summary>
internal static class BadInput
{
    internal static IActionResult From(ActionContext context)
    {
        var errors = new Dictionary<string, string[]>();
        foreach (var (key, entry) in context.ModelState)
        {
            if (entry.Errors.Count > 0)
            {
                errors[Field(key)] = [.. entry.Errors.Select(Message).Distinct()];
            }
        }

        var details = Problems.Body(context.HttpContext, StatusCodes.Status400BadRequest, errors.FirstOrDefault() is { Key: { } field } first
            ? $"{field}: {first.Value[0]}" : "The request cannot be read.");
        details.Extensions["errors"] = errors;
        return new ObjectResult(details) { StatusCode = details.Status, ContentTypes = { MediaTypeNames.Application.ProblemJson } };
    }

    // "$.patch.status" of the JSON reader, "Patch.Status" of the binder
    private static string Field(string key) => key switch
    {
        "" or "$" => "body",
        _ => string.Join('.', key.TrimStart('$', '.').Split('.').Select(JsonNamingPolicy.CamelCase.ConvertName)),
    };

    private static string Message(ModelError error)
    {
        var text = error.Exception?.Message ?? error.ErrorMessage;
        var technical = text.Contains("LineNumber", StringComparison.Ordinal) || text.Contains("System.", StringComparison.Ordinal) || text.Contains("Omni.", StringComparison.Ordinal);
        if (!technical)
        {
            return text;
        }

        var sentence = text.Split(" Path:", 2)[0];
        return sentence.EndsWith("is expected.", StringComparison.Ordinal) || sentence.EndsWith("NUL character.", StringComparison.Ordinal)
            ? sentence
            : "It has the wrong type or form.";
    }
}
