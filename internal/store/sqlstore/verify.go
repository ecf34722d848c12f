package sqlstore

import "context"

// maxFindings bounds what Verify reports of a store that is broken all over.
const maxFindings = 100

// Verify looks whether the database is whole and whether every sealed value opens, and returns what is wrong, in words and
// by names.
func (s *Store) Verify(ctx context.Context) ([]string, error) {
	findings, err := s.engine.damages(ctx)
	if err != nil {
		return nil, doing("verifying the database", err)
	}
	err = s.eachPage(ctx, sealedTables, func(rows []sealedRow) error {
		for _, r := range rows {
			if _, err := s.openOf(r.table, r.sealed, r.place()); err != nil && len(findings) < maxFindings {
				findings = append(findings, r.String())
			}
		}
		return nil
	})
	return findings, doing("verifying sealed values", err)
}
