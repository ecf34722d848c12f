package sqlstore

// retain gives up the claim of the account $1, and remembers it with the address.
const retain = `UPDATE accounts SET retained_cluster = cluster, retained_namespace = namespace, retained_namespace_uid = namespace_uid,
	retained_name = name, retained_uid = uid, retained_email_key = email_key,
	cluster = NULL, namespace = NULL, namespace_uid = NULL, name = NULL, uid = NULL WHERE id = $1`

// noRetained forgets what was remembered.
const noRetained = `retained_cluster = NULL, retained_namespace = NULL, retained_namespace_uid = NULL,
	retained_name = NULL, retained_uid = NULL, retained_email_key = NULL`

// retainedOut is claimOut of it.
const retainedOut = `coalesce(retained_cluster, ''), coalesce(retained_namespace, ''), coalesce(retained_namespace_uid, ''),
	coalesce(retained_name, ''), coalesce(retained_uid, '')`
