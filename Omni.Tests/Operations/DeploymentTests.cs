using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Omni.Infrastructure.Data;
using Omni.Infrastructure.Data.Embedded;
using Omni.Tests.Support;

namespace Omni.Tests.Operations;

/// <summary>The files under docs/deployment do what the text beside them says.</summary>
[Trait("Category", "Program")]
public sealed class DeploymentTests : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("omni-test-nginx-");

    public void Dispose() => _folder.Delete(recursive: true);

    [Fact]
    public async Task The_nginx_file_is_valid_and_passes_requests_on_with_a_sticky_cookie()
    {
        await using var omni = await OmniProcess.StartAsync();
        var port = FreePort();
        var configuration = WriteNginxFiles(omni.Address.Port, port);

        var check = await ChildProcess.RunAsync(Nginx(), ["-t", "-c", configuration], CancellationToken.None);
        Assert.True(check.ExitCode == 0, check.Output);

        using var nginx = Process.Start(new ProcessStartInfo(Nginx(), ["-c", configuration, "-g", "daemon off;"]) { UseShellExecute = false })!;
        try
        {
            using var handler = TrustingHandler(port);
            using var http = new HttpClient(handler) { BaseAddress = new Uri("https://omni.example.com") };
            HttpResponseMessage? answer = null;
            await Eventually.HoldsAsync(async () => (answer = await TryAsync(http)) is not null, "nginx answers");

            Assert.Equal(HttpStatusCode.OK, answer!.StatusCode);
            Assert.StartsWith("omni_node=", Assert.Single(answer.Headers.GetValues("Set-Cookie")), StringComparison.Ordinal);

            using var again = new HttpRequestMessage(HttpMethod.Get, "/health/live") { Headers = { { "Cookie", "omni_node=abc" } } };
            Assert.False((await http.SendAsync(again)).Headers.Contains("Set-Cookie"));
        }
        finally
        {
            Signals.Terminate(nginx.Id);
            await nginx.WaitForExitAsync();
        }
    }

    [Fact]
    public async Task The_statements_for_an_external_server_make_roles_that_the_migrations_accept()
    {
        await using var server = await PostgresServer.StartAsync(withRoles: false);
        var psql = await ChildProcess.RunAsync(
            "/usr/bin/psql",
            ["-h", "127.0.0.1", "-p", $"{server.Port}", "-U", "omni_superuser", "-d", "postgres", "-v", "ON_ERROR_STOP=1", "-v", "password=it's", "-f", Path.Combine(RepositoryRoot(), "docs/deployment/create-database.sql")],
            CancellationToken.None);
        Assert.True(psql.ExitCode == 0, psql.Output);

        await DataModule.MigrateAsync(server.ConnectionString("omni"), CancellationToken.None);
        await DataModule.MigrateAsync(server.ConnectionString("omni"), CancellationToken.None); // the second node
    }

    private static async Task<HttpResponseMessage?> TryAsync(HttpClient http)
    {
        try
        {
            return await http.GetAsync("/health/live");
        }
        catch (HttpRequestException)
        {
            return null;
        }
    }

    // Knows the test's own certificate, and finds the name on this machine.
    private SocketsHttpHandler TrustingHandler(int port)
    {
        var policy = new X509ChainPolicy { TrustMode = X509ChainTrustMode.CustomRootTrust, RevocationMode = X509RevocationMode.NoCheck };
        policy.CustomTrustStore.Add(X509CertificateLoader.LoadCertificateFromFile(Path.Combine(_folder.FullName, "fullchain.pem")));
        return new SocketsHttpHandler
        {
            UseCookies = false,
            SslOptions = { CertificateChainPolicy = policy },
            ConnectCallback = async (_, ct) =>
            {
                var socket = new Socket(SocketType.Stream, ProtocolType.Tcp);
                await socket.ConnectAsync(IPAddress.Loopback, port, ct);
                return new NetworkStream(socket, ownsSocket: true);
            },
        };
    }

    private static string Nginx() => File.Exists("/usr/sbin/nginx") ? "/usr/sbin/nginx" : "nginx";

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }

    private static string RepositoryRoot()
    {
        var at = new DirectoryInfo(AppContext.BaseDirectory);
        while (!File.Exists(Path.Combine(at.FullName, "Omni.sln")))
        {
            at = at.Parent ?? throw new InvalidOperationException("The tests do not run inside the repository.");
        }

        return at.FullName;
    }

    // The file as it is documented, with the ports, the certificate and nginx's own folders of this test.
    private string WriteNginxFiles(int omniPort, int port)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var now = TimeProvider.System.GetUtcNow();
        var request = new CertificateRequest("CN=omni.example.com", key, HashAlgorithmName.SHA256);
        var names = new SubjectAlternativeNameBuilder();
        names.AddDnsName("omni.example.com");
        request.CertificateExtensions.Add(names.Build());
        using var certificate = request.CreateSelfSigned(now.AddDays(-1), now.AddDays(1));
        var folder = _folder.FullName;
        File.WriteAllText($"{folder}/fullchain.pem", certificate.ExportCertificatePem());
        File.WriteAllText($"{folder}/privkey.pem", key.ExportPkcs8PrivateKeyPem());
        var site = File.ReadAllText(Path.Combine(RepositoryRoot(), "docs/deployment/nginx.conf"))
            .Replace("/etc/letsencrypt/live/omni.example.com", folder, StringComparison.Ordinal)
            .Replace("127.0.0.1:5080", $"127.0.0.1:{omniPort}", StringComparison.Ordinal)
            .Replace("listen 80;", $"listen 127.0.0.1:{FreePort()};", StringComparison.Ordinal)
            .Replace("listen 443 ssl;", $"listen 127.0.0.1:{port} ssl;", StringComparison.Ordinal);
        File.WriteAllText($"{folder}/site.conf", site);
        var own = string.Join(' ', new[] { "client_body", "proxy", "fastcgi", "uwsgi", "scgi" }.Select(n => $"{n}_temp_path {folder}/{n};"));
        File.WriteAllText($"{folder}/nginx.conf", $"pid {folder}/pid; error_log {folder}/error.log; events {{}} http {{ access_log off; {own} include {folder}/site.conf; }}");
        return $"{folder}/nginx.conf";
    }
}
