using System.Collections.Concurrent;
using System.Diagnostics;
using System.Net;
using System.Net.Http.Json;
using System.Text;
using Npgsql;
using Omni.Core.Identity;
using Omni.Infrastructure.Channels.Simulator;
using Omni.Tests.Identity;
using Omni.Tests.Support;
using Omni.Tests.Widget;
using StackExchange.Redis;

namespace Omni.Tests.Security;

[Collection("Security")]
public sealed class PlantedSecretTests(SecurityRig rig)
{
    private readonly Dictionary<string, string> _secrets = [];

    [Fact]
    public async Task No_secret_stands_in_database_log_files_or_Redis()
    {
        var published = new ConcurrentQueue<string>();
        using var redis = await ConnectionMultiplexer.ConnectAsync(rig.Redis.ConnectionString);
        await redis.GetSubscriber().SubscribeAsync(new RedisChannel("*", RedisChannel.PatternMode.Pattern), (channel, message) => published.Enqueue($"{channel} {message}"));
        await PlantAsync();

        var places = new Dictionary<string, string>
        {
            ["database"] = await PgDumpAsync(),
            ["log"] = rig.Spine.Omni.Output,
            ["files"] = await FilesAsync(),
            ["Redis"] = $"{string.Join('\n', published)}\n{string.Join('\n', redis.GetServer(rig.Redis.ConnectionString).Keys().Select(k => $"{k}"))}",
        };
        Assert.Contains(rig.Spine.Email, places["database"], StringComparison.Ordinal); // the dump has what it should have
        Assert.NotEmpty(published);
        foreach (var (place, text) in places)
        {
            foreach (var (name, secret) in _secrets)
            {
                foreach (var form in Forms(secret))
                {
                    var at = text.IndexOf(form, StringComparison.OrdinalIgnoreCase);
                    Assert.True(at < 0, $"{name} is in the {place}: {(at < 0 ? "" : text[Math.Max(0, at - 120)..Math.Min(text.Length, at + 40)])}");
                }
            }
        }
    }

    /// <summary>Makes one of each, and lets each be used, mistyped and refused, so that failures are written too.</summary>
    private async Task PlantAsync()
    {
        const string password = "planted password of bo 7319";
        _secrets["password"] = password;
        _secrets["channel token"] = SpineRig.Token;
        _secrets["app secret"] = SpineRig.AppSecret;
        var bo = await rig.JoinAsync("bo");
        (_secrets["access token"], _secrets["refresh token"]) = (bo.Token, bo.RefreshToken);
        using var http = rig.Client(bo.Token);
        await SecurityRig.CallAsync(http, HttpMethod.Post, "/api/v1/auth/change-password", new { current = SpineRig.Password, @new = password });
        _secrets["first password"] = SpineRig.Password;
        var totp = await SecurityRig.CallAsync(http, HttpMethod.Post, "/api/v1/auth/totp", new { });
        _secrets["TOTP secret"] = totp["secret"]!.GetValue<string>();
        var raw = SignInTests.Base32(_secrets["TOTP secret"]);
        _secrets["TOTP secret as bytes"] = Convert.ToHexStringLower(raw);
        var on = await SecurityRig.CallAsync(http, HttpMethod.Post, "/api/v1/auth/totp", new { code = Totp.Code(raw, Totp.StepOf(TimeProvider.System.GetUtcNow())) });
        _secrets["recovery code"] = on["recoveryCodes"]![0]!.GetValue<string>();
        var token = await SecurityRig.CallAsync(http, HttpMethod.Post, "/api/v1/auth/tokens", new { name = "robot", scopes = new[] { "members:read" } }, HttpStatusCode.Created);
        _secrets["personal token"] = token["token"]!.GetValue<string>();

        var (browser, cookie) = await rig.SignInAsync(rig.Spine.Email);
        using var ann = browser;
        _secrets["session cookie"] = cookie.Split("; ").First(c => c.StartsWith("omni=", StringComparison.Ordinal))[5..];
        using var stranger = rig.Client(from: "203.0.113.77");
        await stranger.PostAsJsonAsync("/api/v1/auth/forgot-password", new { email = rig.Spine.Email });
        _secrets["reset link"] = await rig.Mail.LinkAsync(rig.Spine.Email, $"{rig.Address}reset-password/");
        await rig.Spine.CallAsync(HttpMethod.Post, "/api/v1/members/invitations", new { email = "planted@example.com", role = "agent" });
        _secrets["invitation"] = await rig.Mail.LinkAsync("planted@example.com", $"{rig.Address}invitation/");

        var chat = (await rig.Spine.CallAsync(HttpMethod.Post, "/api/v1/channels", new { kind = "widget", name = "Planted chat" }))!;
        var identity = await rig.Spine.CallAsync(HttpMethod.Post, $"/api/v1/channels/{chat["id"]}/identity-secret");
        _secrets["identity secret"] = identity!["secret"]!.GetValue<string>();
        using var visitor = new TestVisitor(rig.Client(), chat["siteKey"]!.GetValue<string>());
        await visitor.BeginAsync();
        await visitor.SayAsync("planted visit");
        _secrets["visitor token"] = visitor.Token;

        // Failures are where logs say too much.
        foreach (var path in new[] { $"/reset-password/{_secrets["reset link"]}", $"/invitation/{_secrets["invitation"]}", $"/verify-email/{_secrets["reset link"]}", $"/api/v1/users/me?access_token={_secrets["personal token"]}" })
        {
            await stranger.GetAsync(path);
        }

        await stranger.PostAsJsonAsync("/api/v1/auth/login", new { email = "nobody@example.com", password });
        await stranger.PostAsJsonAsync("/api/v1/auth/login", new { email = bo.Email, password, totp = "000000" });
        using var broken = new StringContent($"{{\"email\":\"{bo.Email}\",\"password\":\"{password}", Encoding.UTF8, "application/json");
        await stranger.PostAsync("/api/v1/auth/login", broken);
        await SendThroughFailuresAsync();
    }

    /// <summary>The channel's token goes out with a message that the platform refuses in every way.</summary>
    private async Task SendThroughFailuresAsync()
    {
        await rig.Spine.Platform.ReceiveFromCustomerAsync(SpineRig.NumberId, new SimulatedPerson("4790077319", "Planted Customer"), "planted question");
        await rig.Spine.UntilAsync("select count(*) from messages where text = 'planted question'", 1);
        var conversation = await rig.Spine.QueryAsync<Guid>("select conversation_id from messages where text = 'planted question'");
        foreach (var failure in new[] { SimulatedFailure.ServerErrorWithBody, SimulatedFailure.Garbage })
        {
            rig.Spine.Account.Behaviour = new SimulatedBehaviour { Failure = failure };
            await rig.Spine.CallAsync(HttpMethod.Post, $"/api/v1/conversations/{conversation}/messages", new { clientId = Guid.NewGuid(), kind = "reply", text = $"planted {failure}" });
            await Eventually.HoldsAsync(
                async () => await rig.Spine.QueryAsync<long>($"select count(*) from message_attempts a join messages m on m.organization_id = a.organization_id and m.id = a.message_id where m.text like 'planted%'") > 0,
                "the platform was asked");
        }

        rig.Spine.Account.Behaviour = new SimulatedBehaviour();
    }

    /// <summary>As it is, as bytes in hexadecimal digits, and in base64.</summary>
    private static IEnumerable<string> Forms(string secret)
    {
        var bytes = Encoding.UTF8.GetBytes(secret);
        return [secret, Convert.ToHexStringLower(bytes), Convert.ToBase64String(bytes).TrimEnd('=')[..^1], Uri.EscapeDataString(secret)];
    }

    private async Task<string> PgDumpAsync()
    {
        var database = new NpgsqlConnectionStringBuilder(rig.Spine.ConnectionString);
        var program = new[] { Environment.GetEnvironmentVariable("OMNI_TEST_POSTGRES_BIN") ?? "" }
            .Concat(Directory.GetDirectories("/usr/lib/postgresql").OrderDescending().Select(d => Path.Combine(d, "bin"))).Select(d => Path.Combine(d, "pg_dump")).First(File.Exists);
        var start = new ProcessStartInfo(program, ["--host", database.Host!, "--port", $"{database.Port}", "--username", database.Username!, "--no-password", database.Database!])
        {
            RedirectStandardOutput = true, RedirectStandardError = true, UseShellExecute = false, Environment = { ["PGPASSWORD"] = database.Password },
        };
        using var dump = Process.Start(start)!;
        var (text, errors) = (dump.StandardOutput.ReadToEndAsync(), dump.StandardError.ReadToEndAsync());
        await dump.WaitForExitAsync();
        Assert.True(dump.ExitCode == 0, await errors);
        return await text;
    }

    /// <summary>All bytes of the data folder but the installation's key, which opens the rest.</summary>
    private async Task<string> FilesAsync()
    {
        var text = new StringBuilder();
        foreach (var file in Directory.EnumerateFiles(rig.Spine.Omni.DataDirectory, "*", SearchOption.AllDirectories).Where(f => !f.EndsWith("master.key", StringComparison.Ordinal)))
        {
            var bytes = await File.ReadAllBytesAsync(file);
            text.AppendLine(file).AppendLine(Encoding.Latin1.GetString(bytes));
        }

        return text.ToString();
    }
}
