package report

// column is a metric in a table.
type column struct {
	title, metric, format string
	// ratio adds a column with the manager's median as a multiple of the floor's.
	ratio bool
}

// table is a part of the report. What was not measured of its first column has no row.
type table struct {
	title, text string
	columns     []column
}

var tables = []table{
	{
		"Apply", "All sets are created at once, as fast as the API server takes them, until all are Ready.",
		[]column{
			{"objects/s", "apply/rate", "%.0f", true},
			{"CPU, ms an object", "apply/cpu", "%.2f", true},
			{"peak memory, MiB", "apply/memory", "%.0f", true},
			{"requests an object", "apply/requests", "%.2f", false},
			{"events an object", "apply/events", "%.2f", false},
		},
	},
	{
		"What follows", "Some seconds after all is Ready each Account counts what it has, once. This comes on top of what an apply\n" +
			"costs above, and has ended before anything else is measured.",
		[]column{
			{"requests an object", "later/requests", "%.2f", false},
			{"writes an object", "later/writes", "%.2f", false},
			{"CPU, ms an object", "later/cpu", "%.2f", false},
		},
	},
	{
		"Rotation", "Secrets are updated at rest, one after the other; the time runs from the API server's answer until\n" +
			"another program sees that the store has another value.",
		[]column{{"p50, ms", "rotation/p50", "%.1f", true}, {"p99, ms", "rotation/p99", "%.1f", true}},
	},
	{
		"Rotation during an apply", "The same for Secrets of sets that are settled (a tenth, at most 100), while the others are being applied; the\n" +
			"updates are spread over the first half of that, and none waits for the one before.",
		[]column{{"p50, ms", "storm/p50", "%.0f", true}, {"p99, ms", "storm/p99", "%.0f", true}},
	},
	{
		"Fan-out", "One Secret that all sets take, each for an account of its own, is updated: the time until the first and\n" +
			"the last of them has the value in the store, and what that costs. Only a manager counts its calls of the store.",
		[]column{
			{"first, s", "fanout/first", "%.2f", false},
			{"last, s", "fanout/last", "%.2f", true},
			{"CPU, ms a set", "fanout/cpu", "%.2f", true},
			{"API requests a set", "fanout/requests", "%.2f", false},
			{"API writes a set", "fanout/writes", "%.2f", false},
			{"store calls a set", "fanout/calls", "%.2f", false},
		},
	},
	{
		"One set for many accounts", "Ten sets are for all Accounts, by a label, the first of them with ten variables of a Secret, and one is for forty. The Secret of that one set\n" +
			"is updated, once: the time until the first and the last account has the value, and what that costs in all (a write of a status and an\n" +
			"event). Then that of the forty, again and again, until the last of them has it. At last the manager is restarted.",
		[]column{
			{"first, s", "many/first", "%.2f", false},
			{"last, s", "many/last", "%.2f", false},
			{"CPU, ms", "many/cpu", "%.0f", false},
			{"reads of Secrets", "many/secrets", "%.0f", false},
			{"API writes", "many/writes", "%.0f", false},
			{"forty: p50, ms", "many/p50", "%.1f", false},
			{"p99, ms", "many/p99", "%.1f", false},
			{"restart: reads of Secrets", "many/restart-secrets", "%.0f", false},
			{"writes of sets", "many/restart-writes", "%.0f", false},
		},
	},
	{
		"Restart", "Of a process with everything settled (the manager looks after the Accounts as well), until all objects were\n" +
			"looked at, with other people's Secrets in the cluster. Rows written are counted by triggers in the store; who leads is\n" +
			"left out. Only a manager counts its calls of the store.",
		[]column{
			{"seconds", "restart/seconds", "%.2f", true},
			{"CPU, s", "restart/cpu", "%.2f", false},
			{"peak memory, MiB", "restart/memory", "%.0f", false},
			{"API requests", "restart/requests", "%.0f", false},
			{"API writes", "restart/writes", "%.0f", false},
			{"reads of Secrets", "restart/secrets", "%.0f", false},
			{"store calls", "restart/calls", "%.0f", false},
			{"rows written", "restart/rows", "%.0f", false},
			{"others' Secrets", "restart/foreign", "%.0f", false},
		},
	},
	{
		"Quiet", "Nothing happens, with everything settled (after the restarts, or after what follows); a minute of it. Rows as above.",
		[]column{
			{"API requests", "quiet/requests", "%.1f", false},
			{"rows written", "quiet/rows", "%.1f", false},
			{"CPU, ms", "quiet/cpu", "%.0f", false},
			{"measured for, minutes", "quiet/minutes", "%.1f", false},
		},
	},
	{
		"Delete", "All sets are deleted at once, until all are gone.",
		[]column{
			{"objects/s", "delete/rate", "%.0f", true},
			{"CPU, ms an object", "delete/cpu", "%.2f", false},
			{"requests an object", "delete/requests", "%.2f", false},
		},
	},
}
