package controller

import (
	"context"
	"errors"
	"maps"

	"github.com/account-operator/account-operator/api/v1alpha1"
	"github.com/account-operator/account-operator/internal/store"
)

// wholeConnection is how status names a connection that somebody else removed.
const wholeConnection = "connection"

// compare reads the row where it can have drifted, and takes out of want what is to be left as somebody else made it. have
// is nil where there is no row or no need to read it.
func (k *cloudConnections) compare(
	ctx context.Context, c *v1alpha1.CloudConnection, claim store.Claim, want *store.Connection, read reading,
) (have *store.Connection, d *drift, err error) {
	past, err := k.leading.history(ctx, c, claim, read.record)
	if err != nil {
		return nil, nil, err
	}
	d = driftOf(c, past)
	if !past.drifts(c) {
		return nil, d, nil
	}
	row, err := k.leading.led.Connection(ctx, claim)
	if errors.Is(err, store.ErrNotFound) {
		if past.applied {
			d.names, d.gone = append(d.names, wholeConnection), true
		}
		d.unchanged = func(string, string) bool { return false }
		return nil, d, d.judgeConnection(want, &store.Connection{}, read)
	}
	if err != nil {
		return nil, nil, err
	}
	return &row, d, d.judgeConnection(want, &row, read)
}

// judgeConnection takes out of want what is to be left as it is in the row. Credentials that do not open serve nobody: they
// are put anew under either policy.
func (d *drift) judgeConnection(want, row *store.Connection, read reading) error {
	for _, l := range []struct {
		path string
		want *string
		have string
	}{
		{"displayName", &want.DisplayName, row.DisplayName}, {"bucket", &want.Bucket, row.Bucket},
		{"region", &want.Region, row.Region}, {"endpoint", &want.Endpoint, row.Endpoint},
	} {
		mark, err := fingerprint(*l.want)
		if err != nil {
			return err
		}
		if d.spares(l.path, mark[:leafMark], *l.want != l.have) {
			*l.want = l.have
		}
	}
	mark, err := fingerprint(read.versions)
	if err != nil {
		return err
	}
	same := row.Unreadable || maps.EqualFunc(want.Credentials, row.Credentials, store.Secret.Equal)
	if d.spares("credentials", mark[:leafMark], !same) {
		want.Credentials = row.Credentials
	}
	d.broken = row.Unreadable
	return nil
}
