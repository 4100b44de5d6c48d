using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.OpenApi;
using Microsoft.OpenApi;
using Omni.Core.Common;
using Omni.Web.Widget;

namespace Omni.Web.Shared.Api;

/// <summary>What the code alone does not say in the API's description: how to sign in, the envelope of failures, names of enumerations.</summary>
internal static class ApiDescription
{
    private const string Bearer = "bearer";
    private const string Visitor = "visitor";
    private const string Problem = "Problem";

    internal static void Configure(OpenApiOptions options)
    {
        options.ShouldInclude = api => api.RelativePath is { } path && (path.StartsWith("api/", StringComparison.Ordinal) || path.StartsWith("widget/", StringComparison.Ordinal));
        options.AddDocumentTransformer((document, _, _) => Describe(document));
        options.AddOperationTransformer((operation, context, _) => Describe(operation, context));
        options.AddSchemaTransformer((schema, context, _) => Describe(schema, context));
    }

    private static Task Describe(OpenApiDocument document)
    {
        document.Info = new OpenApiInfo
        {
            Title = "Omni",
            Version = "v1",
            Description = "The API of Omni. Successes are {success, data}, lists add pagination {nextCursor, limit}; failures are application/problem+json "
                + "with {success, error {code, name, message, details}}. Times are RFC 3339 UTC. Every answer carries X-RateLimit-Limit, -Remaining and "
                + "-Reset (seconds until the limit is whole again).",
        };
        document.Servers = [];
        document.Components ??= new OpenApiComponents();
        document.Components.SecuritySchemes = new Dictionary<string, IOpenApiSecurityScheme>
        {
            [Bearer] = new OpenApiSecurityScheme
            {
                Type = SecuritySchemeType.Http,
                Scheme = "bearer",
                Description = "An access token or a personal API token. Browsers send their session cookie instead, with the header X-CSRF-TOKEN on changes.",
            },
            [Visitor] = new OpenApiSecurityScheme
            {
                Type = SecuritySchemeType.ApiKey,
                In = ParameterLocation.Header,
                Name = WidgetCors.TokenHeader,
                Description = "The token that a visitor of a website chat got from POST visitors.",
            },
        };
        document.Components.Schemas ??= new Dictionary<string, IOpenApiSchema>();
        document.Components.Schemas[Problem] = ProblemSchema();
        return Task.CompletedTask;
    }

    private static Task Describe(OpenApiOperation operation, OpenApiOperationTransformerContext context)
    {
        var document = context.Document!;
        var metadata = context.Description.ActionDescriptor.EndpointMetadata;
        if (!metadata.Any(m => m is IAllowAnonymous))
        {
            operation.Security = [new OpenApiSecurityRequirement { [new OpenApiSecuritySchemeReference(Bearer, document)] = [] }];
        }

        if (context.Description.RelativePath?.StartsWith("widget/", StringComparison.Ordinal) == true)
        {
            // Without a token only what everybody may see.
            operation.Security = [new OpenApiSecurityRequirement { [new OpenApiSecuritySchemeReference(Visitor, document)] = [] }, []];
        }

        if (context.Description.ActionDescriptor.FilterDescriptors.Any(f => f.Filter is IdempotentAttribute))
        {
            operation.Parameters ??= [];
            operation.Parameters.Add(new OpenApiParameter
            {
                Name = IdempotentAttribute.Header,
                In = ParameterLocation.Header,
                Description = "A key of the caller's own; a repeat within 24 hours answers the first result.",
                Schema = new OpenApiSchema { Type = JsonSchemaType.String, MaxLength = 190 },
            });
        }

        operation.Responses ??= [];
        operation.Responses["default"] = new OpenApiResponse
        {
            Description = "A failure.",
            Content = new Dictionary<string, OpenApiMediaType> { ["application/problem+json"] = new() { Schema = new OpenApiSchemaReference(Problem, document) } },
        };
        return Task.CompletedTask;
    }

    private static Task Describe(OpenApiSchema schema, OpenApiSchemaTransformerContext context)
    {
        var type = Nullable.GetUnderlyingType(context.JsonTypeInfo.Type) ?? context.JsonTypeInfo.Type;
        if (type.IsEnum)
        {
            schema.Type = JsonSchemaType.String;
            var names = typeof(Names).GetMethod(nameof(Names.Of))!.MakeGenericMethod(type);
            schema.Enum = [.. Enum.GetValues(type).Cast<object>().Select(v => (System.Text.Json.Nodes.JsonNode)(string)names.Invoke(null, [v])!)];
        }
        else if (type == typeof(DateTimeOffset))
        {
            (schema.Type, schema.Format) = (JsonSchemaType.String, "date-time");
        }
        else if (type == typeof(string))
        {
            schema.Type = JsonSchemaType.String;
        }

        return Task.CompletedTask;
    }

    private static OpenApiSchema ProblemSchema() => new()
    {
        Type = JsonSchemaType.Object,
        Description = "A failure: RFC 9457 members and the product's envelope.",
        Properties = new Dictionary<string, IOpenApiSchema>
        {
            ["type"] = Text("urn:omni:error:{code} or about:blank."),
            ["title"] = Text("The status in words."),
            ["status"] = new OpenApiSchema { Type = JsonSchemaType.Integer },
            ["detail"] = Text("What went wrong, for people."),
            ["traceId"] = Text("Finds the call in the log."),
            ["success"] = new OpenApiSchema { Type = JsonSchemaType.Boolean, Description = "Always false." },
            ["error"] = new OpenApiSchema
            {
                Type = JsonSchemaType.Object,
                Properties = new Dictionary<string, IOpenApiSchema>
                {
                    ["code"] = new OpenApiSchema { Type = JsonSchemaType.Integer, Description = "The HTTP status, or one of the product's codes." },
                    ["name"] = Text("The code as a word: TOKEN_EXPIRED."),
                    ["message"] = Text("The same as detail."),
                    ["details"] = new OpenApiSchema { Description = "Members that help a program react." },
                },
            },
            ["timestamp"] = new OpenApiSchema { Type = JsonSchemaType.String, Format = "date-time" },
            ["errors"] = new OpenApiSchema
            {
                Type = JsonSchemaType.Object,
                Description = "Messages by field.",
                AdditionalProperties = new OpenApiSchema { Type = JsonSchemaType.Array, Items = new OpenApiSchema { Type = JsonSchemaType.String } },
            },
        },
    };

    private static OpenApiSchema Text(string description) => new() { Type = JsonSchemaType.String, Description = description };
}
