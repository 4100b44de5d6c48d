using System.Data.Common;
using Microsoft.EntityFrameworkCore;

namespace Omni.Core.Common;

/// <summary>What a failed write means.</summary>
public static class DbErrors
{
    /// <summary>True when another row has the same unique value (SQLSTATE 23505): somebody was faster.</summary>
    public static bool IsDuplicate(this DbUpdateException failure)
    {
        ArgumentNullException.ThrowIfNull(failure);
        return failure.InnerException is DbException { SqlState: "23505" };
    }
}
