using System.Diagnostics.Metrics;
using Omni.Core.Channels;
using Omni.Core.Common;

namespace Omni.Core.Operations;

/// <summary>The product's own metrics, shown at <c>/metrics</c>. Labels take values from short fixed lists only: no ids, names or addresses.</summary>
public sealed class OmniMetrics
{
    /// <summary>Name of the meter.</summary>
    public const string MeterName = "Omni";

    // Seconds: a commit or query takes a millisecond, a call to a slow platform half a minute.
    private static readonly double[] Seconds = [0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30];

    private readonly Meter _meter;
    private readonly List<MetricInfo> _catalogue = [];
    private readonly Counter<long> _deliveries;
    private readonly Histogram<double> _intakeCommit;
    private readonly Gauge<long> _inboundItems;
    private readonly Gauge<double> _inboundOldest;
    private readonly Histogram<double> _inboundApply;
    private readonly Gauge<long> _outboxItems;
    private readonly Gauge<double> _outboxOldest;
    private readonly Counter<long> _sends;
    private readonly Histogram<double> _sendSeconds;
    private readonly Counter<long> _retries;
    private readonly Gauge<double> _feedLag;
    private readonly UpDownCounter<long> _circuits;
    private readonly Gauge<long> _sessions;
    private readonly UpDownCounter<long> _streams;
    private readonly Gauge<long> _flowRuns;
    private readonly Histogram<double> _flowStep;
    private readonly Histogram<double> _search;
    private readonly Gauge<double> _tokenExpiry;
    private readonly Gauge<long> _quota;
    private readonly Counter<long> _rateLimited;
    private readonly Gauge<long> _activeUsers;

    /// <summary>Makes the instruments.</summary>
    public OmniMetrics(IMeterFactory factory)
    {
        ArgumentNullException.ThrowIfNull(factory);
        _meter = factory.Create(MeterName);
        _deliveries = Counter("omni_webhook_deliveries_total", "Webhook requests, by what became of them.", "platform", "result");
        _intakeCommit = Histogram("omni_intake_commit_seconds", "Time to commit one group of webhook bodies.");
        _inboundItems = Gauge<long>("omni_inbound_queue_items", "Received items that are not applied yet, counted up to 10,000 per state.", "state");
        _inboundOldest = Gauge<double>("omni_inbound_oldest_seconds", "Age of the oldest item that waits to be applied.");
        _inboundApply = Histogram("omni_inbound_apply_seconds", "Time to apply one batch of received items.");
        _outboxItems = Gauge<long>("omni_outbox_items", "Messages that wait to be sent, counted up to 10,000.");
        _outboxOldest = Gauge<double>("omni_outbox_oldest_seconds", "How long the message that is longest due waits to be sent.");
        _sends = Counter("omni_sends_total", "Tries to hand a message to a platform, by outcome.", "platform", "outcome");
        _sendSeconds = Histogram("omni_send_seconds", "Time of one try to hand a message to a platform.", "platform");
        _retries = Counter("omni_retries_total", "Repeated tries after a failure.", "queue");
        _feedLag = Gauge<double>("omni_feed_lag_seconds", "Age of the oldest stored event that readers cannot see yet because an older transaction is running.");
        _circuits = UpDown("omni_circuits", "Connected browser pages.");
        _sessions = Gauge<long>("omni_sessions", "Sessions that have not ended, counted up to 10,000.");
        _streams = UpDown("omni_event_streams", "Open event streams.");
        _flowRuns = Gauge<long>("omni_flow_runs", "Automation runs.", "state");
        _flowStep = Histogram("omni_flow_step_seconds", "Time of one automation step.");
        _search = Histogram("omni_search_seconds", "Time of one search.");
        _tokenExpiry = Gauge<double>("omni_channel_token_expiry_seconds", "Time until the first token of a connected channel ends; negative afterwards.");
        _quota = Gauge<long>("omni_platform_quota_remaining", "Calls that a platform still allows, the least over all channels.", "platform");
        _rateLimited = Counter("omni_rate_limited_total", "Calls refused because there were too many.", "scope");
        _activeUsers = Gauge<long>("omni_active_users", "People with a session used in the last five minutes, counted up to 10,000.");
    }

    /// <summary>All metrics in the order of the documentation.</summary>
    public IReadOnlyList<MetricInfo> Catalogue => _catalogue;

    /// <summary>A webhook request was answered.</summary>
    /// <param name="kind">The platform.</param>
    /// <param name="result">accepted, refused, tooLarge, unreadable or unavailable.</param>
    public void WebhookAnswered(ChannelKind kind, string result) => _deliveries.Add(1, Label("platform", Names.Of(kind)), Label("result", result));

    /// <summary>A group of webhook bodies was committed.</summary>
    public void IntakeCommitted(TimeSpan took) => _intakeCommit.Record(took.TotalSeconds);

    /// <summary>A batch of received items was applied.</summary>
    public void InboundApplied(TimeSpan took) => _inboundApply.Record(took.TotalSeconds);

    /// <summary>Sets the size of the inbound queue.</summary>
    /// <param name="items">Items by state.</param>
    /// <param name="oldest">Age of the oldest waiting item.</param>
    public void InboundQueue(IReadOnlyDictionary<InboundState, long> items, TimeSpan oldest)
    {
        ArgumentNullException.ThrowIfNull(items);
        foreach (var (state, count) in items)
        {
            _inboundItems.Record(count, Label("state", Names.Of(state)));
        }

        _inboundOldest.Record(oldest.TotalSeconds);
    }

    /// <summary>Sets the size of the outbox.</summary>
    /// <param name="items">Messages that wait.</param>
    /// <param name="oldest">How long the one that is longest due waits.</param>
    public void Outbox(long items, TimeSpan oldest)
    {
        _outboxItems.Record(items);
        _outboxOldest.Record(oldest.TotalSeconds);
    }

    /// <summary>A try to hand a message to a platform ended.</summary>
    /// <param name="kind">The platform.</param>
    /// <param name="outcome">accepted, retry, rejected, unknown or reauthorize.</param>
    /// <param name="took">How long it took.</param>
    public void Sent(ChannelKind kind, string outcome, TimeSpan took)
    {
        _sends.Add(1, Label("platform", Names.Of(kind)), Label("outcome", outcome));
        _sendSeconds.Record(took.TotalSeconds, Label("platform", Names.Of(kind)));
    }

    /// <summary>Something is tried again.</summary>
    /// <param name="queue">inbound, outbox, media, flows, campaigns or webhooks.</param>
    public void Retried(string queue) => _retries.Add(1, Label("queue", queue));

    /// <summary>Sets how far the feed is behind.</summary>
    public void FeedLag(TimeSpan lag) => _feedLag.Record(lag.TotalSeconds);

    /// <summary>Pages connected (+1) or went (-1).</summary>
    public void Circuits(int change) => _circuits.Add(change);

    /// <summary>Event streams opened (+1) or closed (-1).</summary>
    public void EventStreams(int change) => _streams.Add(change);

    /// <summary>Sets the number of sessions and of people who use them now.</summary>
    public void Sessions(long sessions, long activeUsers)
    {
        _sessions.Record(sessions);
        _activeUsers.Record(activeUsers);
    }

    /// <summary>Sets the number of automation runs in a state.</summary>
    /// <param name="state">running, waiting or failed.</param>
    /// <param name="runs">How many.</param>
    public void FlowRuns(string state, long runs) => _flowRuns.Record(runs, Label("state", state));

    /// <summary>An automation step ended.</summary>
    public void FlowStep(TimeSpan took) => _flowStep.Record(took.TotalSeconds);

    /// <summary>A search was answered.</summary>
    public void Searched(TimeSpan took) => _search.Record(took.TotalSeconds);

    /// <summary>Sets the time until the first token of a connected channel ends.</summary>
    public void TokenExpiry(TimeSpan left) => _tokenExpiry.Record(left.TotalSeconds);

    /// <summary>Sets how many calls a platform still allows.</summary>
    public void PlatformQuota(ChannelKind kind, long remaining) => _quota.Record(remaining, Label("platform", Names.Of(kind)));

    /// <summary>A call was refused because there were too many.</summary>
    /// <param name="scope">What is limited: address, account, organization, token, channel or signIn.</param>
    public void RateLimited(string scope) => _rateLimited.Add(1, Label("scope", scope));

    private static KeyValuePair<string, object?> Label(string name, string value) => new(name, value);

    private Counter<long> Counter(string name, string description, params string[] labels)
    {
        _catalogue.Add(new(name, "counter", description, labels));
        return _meter.CreateCounter<long>(name, null, description);
    }

    private UpDownCounter<long> UpDown(string name, string description)
    {
        _catalogue.Add(new(name, "gauge", description, []));
        return _meter.CreateUpDownCounter<long>(name, null, description);
    }

    private Gauge<T> Gauge<T>(string name, string description, params string[] labels) where T : struct
    {
        _catalogue.Add(new(name, "gauge", description, labels));
        return _meter.CreateGauge<T>(name, Unit(name), description);
    }

    private Histogram<double> Histogram(string name, string description, params string[] labels)
    {
        _catalogue.Add(new(name, "histogram", description, labels));
        return _meter.CreateHistogram(name, Unit(name), description, null, new InstrumentAdvice<double> { HistogramBucketBoundaries = Seconds });
    }

    private static string? Unit(string name) => name.EndsWith("_seconds", StringComparison.Ordinal) ? "s" : null;
}
