namespace Omni.Bench.Fuzz;

/// <summary>Makes the calls and judges the answers.</summary>
internal sealed class FuzzRun(FuzzWorld world, ApiDocument document, int seed)
{
    // They end the caller's session, change its password, or cost a password hash or a limited try each: once in a while is enough, with a session made for it.
    private static readonly HashSet<string> Ending =
    [
        "POST /api/v1/auth/register", "POST /api/v1/auth/login", "POST /api/v1/auth/refresh", "POST /api/v1/auth/logout", "POST /api/v1/auth/verify-email", "POST /api/v1/auth/resend-verification",
        "POST /api/v1/auth/forgot-password", "POST /api/v1/auth/reset-password", "POST /api/v1/auth/change-password", "POST /api/v1/auth/totp", "DELETE /api/v1/auth/totp",
        "POST /api/v1/auth/organization", "DELETE /api/v1/users/me", "PATCH /api/v1/users/me", "POST /api/v1/organizations", "POST /api/v1/invitations/{token}/accept",
    ];

    private readonly CallMaker _maker = new(document, world.Victim.Pools, world.Attacker.Pools);
    private readonly Canaries _canaries = new(world.Victim);

    /// <summary>What was seen.</summary>
    internal FuzzTally Tally { get; } = new();

    /// <summary>Everything with foreign ids: each operation by each caller, then by chance until enough calls were made.</summary>
    /// <param name="calls">How many calls at least.</param>
    /// <param name="isShort">Whether each operation is called by four of the callers only, in turn, beside the owner.</param>
    /// <param name="ct">Gives up.</param>
    internal async Task AttackAsync(int calls, bool isShort, CancellationToken ct)
    {
        var often = document.Operations.Where(o => !Ending.Contains(o.Name)).ToList();
        foreach (var operation in document.Operations.Where(o => Ending.Contains(o.Name)))
        {
            for (var i = 0; i < (isShort ? 1 : 3); i++)
            {
                await TryAsync(operation, await world.SpareAsync(IsForMembers(operation), ct), Chance(i, 7), ct);
            }
        }

        var plan = often.SelectMany((o, at) => world.Callers.Where((c, i) => !isShort || c == world.Owner || (at + i) % 3 == 0)
            .SelectMany(c => Enumerable.Range(0, c == world.Owner ? 4 : 1).Select(_ => (Operation: o, Caller: c)))).ToList();
        await EachAsync(plan.Count, i => TryAsync(plan[i].Operation, plan[i].Caller, Chance(i, 1), ct), ct);
        var likely = often.SelectMany(o => Enumerable.Repeat(o, o.Slots.Any(s => s.Pool is not null) || o.Body is not null ? 3 : 1)).ToList();
        for (var round = 0; Tally["calls"] < calls; round++)
        {
            var start = round * 500;
            await EachAsync(500, i =>
            {
                var random = new Random(Chance(start + i, 3));
                var caller = random.Next(3) == 0 ? world.Owner : world.Callers[random.Next(world.Callers.Count)];
                return TryAsync(likely[random.Next(likely.Count)], caller, random.Next(), ct);
            }, ct);
        }
    }

    /// <summary>Everything once more with own ids: what is refused then was not refused because of the id. Ends with what takes things away.</summary>
    internal async Task ProveAsync(CancellationToken ct)
    {
        foreach (var operation in document.Operations.Where(o => o.Method != "HEAD" || o.Slots.Count > 0).OrderBy(o => Ending.Contains(o.Name) ? 2 : o.Method == "DELETE" ? 1 : 0))
        {
            for (var i = 0; i < (Ending.Contains(operation.Name) ? 2 : 25); i++)
            {
                var caller = Ending.Contains(operation.Name) ? await world.SpareAsync(IsForMembers(operation), ct)
                    : operation.Kind == ApiKind.Page ? world.Browser
                    : operation.Path.StartsWith("/api/v1/system/", StringComparison.Ordinal) ? world.Operator : world.Owner;
                var call = _maker.Make(operation, caller, CallMaker.Ids.Own, Chance(i, 5));
                var answer = caller == world.Operator ? await FuzzAnswer.OfAsync(world.Http, call, ct) : await SendAsync(call, isOwn: true, ct);
                if (caller == world.Operator)
                {
                    Tally.Answered(call, isOwn: true, answer.Status); // sees all organizations by right
                }

                if (FuzzTally.IsGranted(answer.Status))
                {
                    break;
                }
            }
        }
    }

    private async Task TryAsync(ApiOperation operation, FuzzCaller caller, int chance, CancellationToken ct)
    {
        var call = _maker.Make(operation, caller, CallMaker.Ids.Foreign, chance);
        if (!call.HasForeign || !call.IsComparable)
        {
            await SendAsync(call, isOwn: false, ct);
            return;
        }

        var (foreign, unknown) = await PairAsync(operation, caller, chance, ct);
        if (Differ(foreign, unknown))
        {
            // Once more: a list that grew in between is no sign, what comes again is.
            var (second, other) = await PairAsync(operation, caller, chance, ct);
            var isSteady = Differ(second, other) && Same(foreign, second) && Same(unknown, other);
            Tally.Add(isSteady ? "oracles" : "unsteady", $"{foreign.Call} -> {foreign.Answer.Status} {Cut(foreign.Answer.Body)} | unknown -> {unknown.Answer.Status} {Cut(unknown.Answer.Body)}");
        }
        else if (foreign.Answer.Status is 404)
        {
            Tally.Timed(operation.Name, foreign.Answer.Micros, unknown.Answer.Micros);
        }
    }

    private async Task<((FuzzCall Call, FuzzAnswer Answer) Foreign, (FuzzCall Call, FuzzAnswer Answer) Unknown)> PairAsync(ApiOperation operation, FuzzCaller caller, int chance, CancellationToken ct)
    {
        var foreign = _maker.Make(operation, caller, CallMaker.Ids.Foreign, chance);
        var unknown = _maker.Make(operation, caller, CallMaker.Ids.Unknown, chance);
        if (chance % 2 == 0)
        {
            var first = await SendAsync(foreign, isOwn: false, ct);
            return ((foreign, first), (unknown, await SendAsync(unknown, isOwn: false, ct)));
        }

        var before = await SendAsync(unknown, isOwn: false, ct);
        return ((foreign, await SendAsync(foreign, isOwn: false, ct)), (unknown, before));
    }

    private async Task<FuzzAnswer> SendAsync(FuzzCall call, bool isOwn, CancellationToken ct)
    {
        var answer = await FuzzAnswer.OfAsync(world.Http, call, ct);
        Tally.Answered(call, isOwn, answer.Status);
        if (_canaries.Find(answer.Text, call.SentValues, call.NamesForeignSite) is { } leak)
        {
            Tally.Add("leaks", $"{call} -> {answer.Status}: {leak}");
        }

        return answer;
    }

    private static bool Differ((FuzzCall Call, FuzzAnswer Answer) one, (FuzzCall Call, FuzzAnswer Answer) other) =>
        one.Answer.Status != 429 && other.Answer.Status != 429 && !Same(one, other);

    private static bool Same((FuzzCall Call, FuzzAnswer Answer) one, (FuzzCall Call, FuzzAnswer Answer) other) =>
        one.Answer.Status == other.Answer.Status && one.Answer.Comparable(one.Call) == other.Answer.Comparable(other.Call);

    // HashCode differs from one process to the next; the same seed shall make the same calls.
    private int Chance(int number, int kind) => (int)(((((long)seed * 1_000_003) + number) * 31 + kind) * 2_654_435_761L % int.MaxValue);

    private static bool IsForMembers(ApiOperation operation) => operation.Path.EndsWith("/auth/organization", StringComparison.Ordinal);

    private static string Cut(string text) => text[..Math.Min(text.Length, 400)];

    private static Task EachAsync(int count, Func<int, Task> act, CancellationToken ct) =>
        Parallel.ForEachAsync(Enumerable.Range(0, count), new ParallelOptions { MaxDegreeOfParallelism = 6, CancellationToken = ct }, async (i, _) => await act(i));
}
