namespace Omni.Web.Inbox.Drawing;

/// <summary>What is different from reader to reader in the row of one conversation.</summary>
/// <param name="Place">Where it stands.</param>
/// <param name="Unread">True when something came since the reader last looked.</param>
/// <param name="Draft">The beginning of the reader's unsent reply; null without one.</param>
/// <param name="Box">The box for picking; null while nothing is picked.</param>
/// <param name="Open">True for the open conversation in a page's first answer; later the browser marks it (list.js), so that opening one draws no row.</param>
internal readonly record struct RowLook(RowPlace Place, bool Unread, string? Draft, bool? Box, bool Open);
