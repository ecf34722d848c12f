// Package cloudconnection is the kind CloudConnection: a row with the credentials of a Secret, and what its provider says to them.
package cloudconnection

import (
	"context"
	"errors"
	"slices"

	"k8s.io/apimachinery/pkg/api/equality"
	"k8s.io/apimachinery/pkg/types"

	"github.com/account-operator/account-operator/api/v1alpha1"
	"github.com/account-operator/account-operator/internal/controller/clusterview"
	"github.com/account-operator/account-operator/internal/controller/drift"
	"github.com/account-operator/account-operator/internal/controller/enqueue"
	"github.com/account-operator/account-operator/internal/controller/events"
	"github.com/account-operator/account-operator/internal/controller/jobs/counts"
	"github.com/account-operator/account-operator/internal/controller/leader"
	"github.com/account-operator/account-operator/internal/controller/lifecycle"
	"github.com/account-operator/account-operator/internal/controller/outcome"
	"github.com/account-operator/account-operator/internal/controller/syncstate"
	"github.com/account-operator/account-operator/internal/source"
	"github.com/account-operator/account-operator/internal/store"
)

// Kind is the kind CloudConnection.
type Kind struct {
	Reader   *clusterview.Reader
	Session  *leader.Session
	Tracker  *syncstate.Tracker
	Counts   *counts.Counts
	Queues   *enqueue.Queues
	Resource *lifecycle.Resource[store.Connection]
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
	claim, err := k.Reader.Claim(ctx, store.KindCloudConnection, c)
	if err != nil {
		return events.Event{}, err
	}
	want, rotated, before := desired(c, read.credentials), events.Event{}, c.Status.Drifted
	event, err := k.Resource.Write(ctx, c, lifecycle.Row[store.Connection]{
		Claim: claim, Record: read.record, Read: k.Session.Led().Connections().Get,
		Compare: func(d *drift.Drift, have *store.Connection) error { return compareLeaves(d, &want, have, read) },
		Missing: func(d *drift.Drift) { d.Names, d.Gone = append(d.Names, wholeConnection), true },
		Put: func(ctx context.Context, mark store.Mark) (store.Connection, events.Event, error) {
			got, err := k.put(ctx, c, account, claim, want, mark)
			return got, events.Event{}, err
		},
		Tried: func(_ *drift.Drift, there bool, err error) {
			if !there { // an error may be that only the answer was lost
				k.Counts.Refresh(account)
			}
			if err == nil {
				rotated = events.Rotation(c, c.Status.Sources, read.versions, "the credentials")
			}
		},
		Report: func(have *store.Connection) {
			if have != nil {
				c.Status.ConnectionID = have.ID
			}
		},
	})
	if err != nil {
		return events.Event{}, err
	}
	if !slices.Equal(before, c.Status.Drifted) { // another client removed the connection, which is left so
		k.Counts.Refresh(account)
	}
	return event.Or(rotated), nil
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

// put creates or replaces the connection; a row of this object's previous incarnation is bound to it first.
func (k *Kind) put(
	ctx context.Context, c *v1alpha1.CloudConnection, account, claim store.Claim, want store.Connection, mark store.Mark,
) (store.Connection, error) {
	got, err := k.Session.Led().Connections().Put(ctx, claim, account, want, mark)
	if conflict := (*store.ConflictError)(nil); errors.As(err, &conflict) {
		if err := k.rebind(ctx, c, claim, conflict.Holder); err != nil {
			return store.Connection{}, err
		}
		got, err = k.Session.Led().Connections().Put(ctx, claim, account, want, mark)
	}
	if errors.Is(err, store.ErrNotFound) {
		return store.Connection{}, clusterview.AccountNotReady(c.AccountName())
	}
	return got, err
}

func (k *Kind) rebind(ctx context.Context, c *v1alpha1.CloudConnection, claim, holder store.Claim) error {
	previous, err := k.Reader.PreviousIncarnation(ctx, c, claim, holder)
	if err != nil {
		return err
	}
	if !previous {
		return connectionNameHeld()
	}
	return k.Session.Led().Rebind(ctx, holder, claim)
}

func connectionNameHeld() error {
	return outcome.StalledBy(v1alpha1.ReasonNameConflict,
		"the account has a connection of this name that this object does not manage; give this object another name")
}

// Remove implements lifecycle.Kind.
func (k *Kind) Remove(ctx context.Context, c *v1alpha1.CloudConnection) error {
	k.Verifier.forget(c.UID)
	claim, err := k.Reader.Claim(ctx, store.KindCloudConnection, c)
	if err != nil {
		return err
	}
	if err := k.Session.Led().Connections().Delete(ctx, claim, c.Spec.Retains()); err != nil {
		return err
	}
	if account, err := k.Reader.Account(ctx, c); err == nil { // one that is not there has no counts to refresh
		k.Counts.Refresh(account)
	}
	return nil
}

// Released implements lifecycle.Kind.
func (k *Kind) Released(context.Context, *v1alpha1.CloudConnection) {}

// Forget implements lifecycle.Kind.
func (k *Kind) Forget(uid types.UID) { k.Verifier.forget(uid) }
