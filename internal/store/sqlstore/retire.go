package sqlstore

// retiredVersion is a version of the schema that no binary knows, older ones neither: so none uses a store that was copied away.
const retiredVersion = 1_000_000_000

func retiredStore() error {
	return startupError("the store was copied to another database by 'manager store copy', and is retired",
		"lead the manager to that database; docs/operations.md says how to take this one back")
}

// retire is the last that is written to such a store.
var retire = exec(`INSERT INTO goose_db_version (version_id, is_applied) VALUES ($1, $2)`, retiredVersion, true)
