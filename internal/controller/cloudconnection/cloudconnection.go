// Package cloudconnection is the kind CloudConnection: a row with the credentials of a Secret, and what its provider says to them.
package cloudconnection

import (
	"context"
	"errors"

	"k8s.io/apimachinery/pkg/api/equality"
	"k8s.io/apimachinery/pkg/types"

	"github.com/account-operator/account-operator/api/v1alpha1"
	"github.com/account-operator/account-operator/internal/controller/drift"
	"github.com/account-operator/account-operator/internal/controller/enqueue"
	"github.com/account-operator/account-operator/internal/controller/events"
	"github.com/account-operator/account-operator/internal/controller/lifecycle"
	"github.com/account-operator/account-operator/internal/controller/outcome"
	"github.com/account-operator/account-operator/internal/source"
	"github.com/account-operator/account-operator/internal/store"
)

// Kind is the kind CloudConnection.
type Kind struct {
	*lifecycle.Child[*v1alpha1.CloudConnection, store.Connection]

	Queues   *enqueue.Queues
	Verifier *Verifier
}

// Sync stores the connection. Whether its provider takes it is asked beside, and reported when the answer is there.
func (k *Kind) Sync(ctx context.Context, c *v1alpha1.CloudConnection) (events.Event, error) {
	before := c.Status.DeepCopy()
	stored, err := k.store(ctx, c)
	if err != nil && !errors.Is(err, outcome.ErrInSync) {
		return events.Event{}, err
	}
	c.Status.Sources = stored.versions
	event := k.verify(c, before, stored.record)
	if errors.Is(err, outcome.ErrInSync) && equality.Semantic.DeepEqual(before, &c.Status) {
		return events.Event{}, outcome.ErrInSync
	}
	return event.Or(stored.event), nil
}

// store makes the row what the spec and the Secret say. The error is errSettled where it was that already.
func (k *Kind) store(ctx context.Context, c *v1alpha1.CloudConnection) (reading, error) {
	account, err := k.Reader.Account(ctx, c)
	if err != nil {
		return reading{}, err
	}
	cached, err := k.cachedReading(ctx, c, account)
	if err != nil {
		return reading{}, err
	}
	if err := lifecycle.InSync(k.Tracker, c, cached.record, true); err != nil {
		return cached, err
	}
	read, err := k.read(ctx, c, account)
	if err != nil {
		return reading{}, err
	}
	read.event, err = k.apply(ctx, c, account, read)
	return read, err
}

// apply writes what differs, but for what another client changed and is only to be reported.
func (k *Kind) apply(ctx context.Context, c *v1alpha1.CloudConnection, account store.Claim, read reading) (events.Event, error) {
	want := desired(c, read.credentials)
	return k.Write(ctx, c, lifecycle.Wanted[store.Connection]{
		Account: account, Record: read.record, Row: &want,
		Compare: func(d *drift.Drift, have *store.Connection) error { return compareLeaves(d, &want, have, read) },
		Written: func() events.Event {
			return events.Rotation(c, c.Status.Sources, read.versions, "the credentials")
		},
		Report: func(have *store.Connection) { c.Status.ConnectionID = have.ID },
	})
}

// reading is what the Secret of a connection has at this moment, and the record that follows from it.
type reading struct {
	credentials map[string]store.Secret
	versions    []v1alpha1.SourceVersion
	record      string
	event       events.Event // of what was made of it
}

// cachedReading is a reading without credentials, as the cache knows the Secret.
func (k *Kind) cachedReading(ctx context.Context, c *v1alpha1.CloudConnection, account store.Claim) (reading, error) {
	ref, _ := source.CredentialKeys(&c.Spec)
	refs := []source.Ref{ref}
	objects, err := k.Reader.CachedVersions(ctx, c.Namespace, refs)
	if err != nil {
		return reading{}, err
	}
	record, err := k.Record(c, account, refs, objects)
	return reading{versions: source.Versions(refs, objects), record: record}, err
}

func (k *Kind) read(ctx context.Context, c *v1alpha1.CloudConnection, account store.Claim) (reading, error) {
	ref, keys := source.CredentialKeys(&c.Spec)
	refs := []source.Ref{ref}
	load, err := k.Reader.Loads.Begin(c.UID, source.Sources{})
	defer load.End()
	if err != nil {
		return reading{}, err
	}
	objects, err := k.Reader.Read(ctx, c.Namespace, refs, load)
	if err != nil {
		return reading{}, err
	}
	credentials, err := source.Credentials(ref, keys, objects[ref])
	if err != nil {
		return reading{}, err
	}
	record, err := k.Record(c, account, refs, objects)
	return reading{credentials: credentials, versions: source.Versions(refs, objects), record: record}, err
}

// Record is of all that the row is made from: the spec, the account, and the version of the Secret.
func (k *Kind) Record(
	c *v1alpha1.CloudConnection, account store.Claim, refs []source.Ref, objects map[source.Ref]source.Object,
) (string, error) {
	spec := c.Spec
	spec.CommonSpec, spec.Verification = v1alpha1.CommonSpec{}, ""
	return drift.Fingerprint(spec, drift.PolicyPart(c), account.UID, k.Reader.SourceParts(refs, objects))
}

func desired(c *v1alpha1.CloudConnection, credentials map[string]store.Secret) store.Connection {
	want := store.Connection{DisplayName: string(c.Spec.DisplayName), Type: string(c.Spec.Type), Credentials: credentials}
	if want.DisplayName == "" {
		want.DisplayName = c.Name
	}
	if s3 := c.Spec.AmazonS3; s3 != nil {
		want.Bucket, want.Region = s3.Bucket, s3.Region
		if s3.Endpoint != nil {
			want.Endpoint = *s3.Endpoint
		}
	}
	if b2 := c.Spec.Backblaze; b2 != nil {
		want.Bucket, want.Region = b2.Bucket, b2.Region
	}
	return want
}

// Remove implements lifecycle.Kind.
func (k *Kind) Remove(ctx context.Context, c *v1alpha1.CloudConnection) error {
	k.Verifier.forget(c.UID)
	return k.Child.Remove(ctx, c)
}

// Forget implements lifecycle.Kind.
func (k *Kind) Forget(uid types.UID) { k.Verifier.forget(uid) }
