namespace Omni.Core.Notifications;

/// <summary>What a person is told about.</summary>
public enum NotificationKind
{
    /// <summary>Somebody or something else assigned a conversation to the person.</summary>
    Assigned,

    /// <summary>A customer wrote in a conversation of the person.</summary>
    Message,

    /// <summary>A customer began a conversation that nobody has.</summary>
    Unassigned,

    /// <summary>A colleague named the person in a note.</summary>
    Mention,

    /// <summary>A channel needs somebody who may mend it (owners and administrators).</summary>
    Channel,

    /// <summary>A message of the person did not go out.</summary>
    Failed,

    /// <summary>The person asked for one, to see whether it arrives.</summary>
    Test,
}
