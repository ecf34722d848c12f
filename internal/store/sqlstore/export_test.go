package sqlstore

// Columns lists what Dump shows, as table.column.
func Columns() (all []string) {
	for _, d := range dumped {
		_, names := dumpText(d.columns, d.sealed)
		for _, name := range names {
			all = append(all, d.table+"."+name)
		}
	}
	return all
}

// DrawReferralCodes replaces the source of referral codes.
func (s *Store) DrawReferralCodes(next func() string) { s.referralCode = next }

// PostgresError is for the test of what no server can be made to say.
var PostgresError = postgresError
