package cloudconnection

import (
	"maps"

	"github.com/account-operator/account-operator/internal/controller/drift"
	"github.com/account-operator/account-operator/internal/store"
)

// compareLeaves takes out of want what is to be left as it is in the row. Credentials that do not open are of no use: they
// are put again under either policy.
func compareLeaves(d *drift.Drift, want, row *store.Connection, read reading) error {
	if err := d.SpareTexts(
		drift.Text{Path: "displayName", Want: &want.DisplayName, Have: row.DisplayName},
		drift.Text{Path: "bucket", Want: &want.Bucket, Have: row.Bucket},
		drift.Text{Path: "region", Want: &want.Region, Have: row.Region},
		drift.Text{Path: "endpoint", Want: &want.Endpoint, Have: row.Endpoint},
	); err != nil {
		return err
	}
	mark, err := drift.Fingerprint(read.versions)
	if err != nil {
		return err
	}
	same := row.Unreadable || maps.EqualFunc(want.Credentials, row.Credentials, store.Secret.Equal)
	if d.Spares("credentials", mark[:drift.MarkSize], !same) {
		want.Credentials = row.Credentials
	}
	d.Broken = row.Unreadable
	return nil
}
