package cloudconnection

import (
	"maps"

	"github.com/account-operator/account-operator/internal/controller/drift"
	"github.com/account-operator/account-operator/internal/store"
)

// wholeConnection is how status names a connection that another client removed.
const wholeConnection = "connection"

// compareLeaves takes out of want what is to be left as it is in the row. Credentials that do not open are of no use: they
// are put again under either policy.
func compareLeaves(d *drift.Drift, want, row *store.Connection, read reading) error {
	for _, l := range []struct {
		path string
		want *string
		have string
	}{
		{"displayName", &want.DisplayName, row.DisplayName}, {"bucket", &want.Bucket, row.Bucket},
		{"region", &want.Region, row.Region}, {"endpoint", &want.Endpoint, row.Endpoint},
	} {
		mark, err := drift.Fingerprint(*l.want)
		if err != nil {
			return err
		}
		if d.Spares(l.path, mark[:drift.MarkSize], *l.want != l.have) {
			*l.want = l.have
		}
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
