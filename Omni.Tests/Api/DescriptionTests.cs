using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Mvc.Controllers;
using Microsoft.AspNetCore.Routing;
using Omni.Web.Shared.Api;

namespace Omni.Tests.Api;

public sealed class DescriptionTests(ApiHost host) : IClassFixture<ApiHost>
{
    [Fact]
    public void Every_endpoint_of_a_controller_says_who_may_call_it()
    {
        var open = host.Get<EndpointDataSource>().Endpoints.OfType<RouteEndpoint>()
            .Where(e => e.Metadata.GetMetadata<ControllerActionDescriptor>() is { } action && typeof(OmniController).IsAssignableFrom(action.ControllerTypeInfo))
            .Where(e => !e.Metadata.Any(m => m is IAllowAnonymous or IAuthorizeData or SessionSufficesAttribute or ActorRequiredMetadata));

        Assert.Empty(open.Select(e => e.RoutePattern.RawText));
    }

    [Fact]
    public void Only_these_endpoints_are_open_to_everybody()
    {
        var anonymous = host.Get<EndpointDataSource>().Endpoints.OfType<RouteEndpoint>()
            .Where(e => e.RoutePattern.RawText!.StartsWith("api/", StringComparison.Ordinal) && e.Metadata.GetMetadata<IAllowAnonymous>() is not null)
            .Select(e => e.RoutePattern.RawText!["api/v1/".Length..]).Distinct().Order(StringComparer.Ordinal);

        Assert.Equal(
            ["auth/antiforgery", "auth/forgot-password", "auth/google", "auth/login", "auth/logout", "auth/reddit", "auth/refresh", "auth/register", "auth/reset-password", "auth/verify-email"],
            anonymous);
    }

    [Fact]
    public async Task Every_operation_has_a_summary_and_documented_answers()
    {
        using var http = host.Client();
        var document = JsonNode.Parse(await http.GetStringAsync("/openapi/v1.json"))!;
        var problems = new List<string>();
        foreach (var (path, item) in document["paths"]!.AsObject())
        {
            foreach (var (method, operation) in item!.AsObject().Where(m => m.Value is JsonObject))
            {
                var answers = operation!["responses"]!.AsObject();
                if (string.IsNullOrWhiteSpace((string?)operation["summary"]))
                {
                    problems.Add($"{method} {path} has no summary");
                }

                if (answers["default"]?["content"]?["application/problem+json"] is null || !answers.Any(a => a.Key.StartsWith('2') || a.Key.StartsWith('3')))
                {
                    problems.Add($"{method} {path} does not document its answers");
                }

                if (operation["security"] is null && !path.StartsWith("/api/v1/auth/", StringComparison.Ordinal))
                {
                    problems.Add($"{method} {path} does not say how to sign in");
                }
            }
        }

        Assert.Empty(problems);
        Assert.NotNull(document["components"]!["securitySchemes"]!["bearer"]);
        Assert.Contains("\"whatsapp\"", document["components"]!["schemas"]!.ToJsonString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_page_of_the_description_runs_without_inline_script()
    {
        using var http = host.Client();
        var page = await http.GetStringAsync("/docs/index.html");

        Assert.Contains("Omni API", page, StringComparison.Ordinal);
        Assert.All(Regex.Matches(page, "<script(?<attributes>[^>]*)>(?<body>.*?)</script>", RegexOptions.Singleline), script =>
        {
            Assert.Contains("src=", script.Groups["attributes"].Value, StringComparison.Ordinal);
            Assert.Equal("", script.Groups["body"].Value.Trim());
        });
        Assert.Contains("/openapi/v1.json", await http.GetStringAsync("/docs/index.js"), StringComparison.Ordinal);
    }
}
