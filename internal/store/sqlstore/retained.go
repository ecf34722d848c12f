package sqlstore

var (
	// retain gives up the claim of the account $1, and remembers it with the address.
	retain = `UPDATE accounts SET ` + claimText("", "retained_%[1]s = %[1]s") + `, retained_email_key = email_key, ` +
		accountKind.texts.unclaim + ` WHERE id = $1`
	// noRetained forgets what was remembered.
	noRetained = claimText("retained_", "%s = NULL") + `, retained_email_key = NULL`
	// retainedOut is claimOut of it.
	retainedOut = claimText("retained_", "coalesce(%s, '')")
)
