// One after the other: the tests share a PostgreSQL server, and the event feed waits for the oldest transaction of the whole server,
// so that a test that freezes a node or locks a table on purpose would hold up every other one. Two cores gain little from more.
[assembly: CollectionBehavior(DisableTestParallelization = true)]
