package controller

import (
	"context"
	"errors"
	"slices"

	"k8s.io/apimachinery/pkg/api/equality"

	"github.com/account-operator/account-operator/api/v1alpha1"
	"github.com/account-operator/account-operator/internal/source"
	"github.com/account-operator/account-operator/internal/store"
)

// cloudConnections is the kind CloudConnection.
type cloudConnections struct {
	world    *world
	leading  *leading
	verifier *verifier
}

// sync stores the connection. Whether its provider takes it is asked beside, and told when the answer is there.
func (k *cloudConnections) sync(ctx context.Context, c *v1alpha1.CloudConnection) (news, error) {
	before := c.Status.DeepCopy()
	stored, err := k.store(ctx, c)
	if err != nil && !errors.Is(err, errSettled) {
		return news{}, err
	}
	c.Status.Sources = stored.versions
	heard := k.verify(c, before, stored.record)
	if errors.Is(err, errSettled) && equality.Semantic.DeepEqual(before, &c.Status) {
		return news{}, errSettled
	}
	return heard.or(stored.news), nil
}

// store makes the row what the spec and the Secret say. The error is errSettled where it was that already.
func (k *cloudConnections) store(ctx context.Context, c *v1alpha1.CloudConnection) (reading, error) {
	account, err := k.world.account(ctx, c)
	if err != nil {
		return reading{}, err
	}
	glanced, err := k.glance(ctx, c, account)
	if err != nil {
		return reading{}, err
	}
	if err := k.leading.inSync(c, glanced.record, true); err != nil {
		return glanced, err
	}
	read, err := k.read(ctx, c, account)
	if err != nil {
		return reading{}, err
	}
	read.news, err = k.apply(ctx, c, account, read)
	return read, err
}

// apply writes what differs, but for what somebody else changed and is only to be reported.
func (k *cloudConnections) apply(ctx context.Context, c *v1alpha1.CloudConnection, account store.Claim, read reading) (news, error) {
	claim, err := k.world.claim(ctx, store.KindCloudConnection, c)
	if err != nil {
		return news{}, err
	}
	seen := k.leading.state.Begin(c.UID)
	want := wantConnection(c, read.credentials)
	have, d, err := k.compare(ctx, c, claim, &want, read)
	if err != nil {
		return news{}, err
	}
	record, rotated := d.recordOf(read.record), news{}
	if d.toPut(have != nil, k.leading.state.IsApplied(c.UID, record)) {
		got, err := k.put(ctx, c, account, claim, want, store.Mark{Generation: c.Generation, Record: record, Leaves: d.marks})
		if have == nil { // an error may be that only the answer was lost
			k.leading.recount(account)
		}
		if err != nil {
			k.leading.state.MarkUnknown(c.UID, record)
			return news{}, err
		}
		have = &got
		rotated = rotation(c, c.Status.Sources, read.versions, "the credentials")
	}
	if have != nil {
		c.Status.ConnectionID = have.ID
	}
	k.leading.state.Commit(c.UID, record, seen)
	before := c.Status.Drifted
	d.tell(c)
	if !slices.Equal(before, c.Status.Drifted) { // somebody removed the connection, which is left so
		k.leading.recount(account)
	}
	k.leading.metrics.driftFound(store.KindCloudConnection, len(d.names))
	return d.news(before, c).or(rotated), nil
}

// reading is what the Secret of a connection has at this moment, and the record that follows from it.
type reading struct {
	credentials map[string]store.Secret
	versions    []v1alpha1.SourceVersion
	record      string
	news        news // of what was made of it
}

// glance is a reading without credentials, as the cache knows the Secret.
func (k *cloudConnections) glance(ctx context.Context, c *v1alpha1.CloudConnection, account store.Claim) (reading, error) {
	ref, _ := source.CredentialKeys(&c.Spec)
	refs := []source.Ref{ref}
	objects, err := k.world.glance(ctx, c.Namespace, refs)
	if err != nil {
		return reading{}, err
	}
	record, err := k.record(c, account, refs, objects)
	return reading{versions: source.Versions(refs, objects), record: record}, err
}

func (k *cloudConnections) read(ctx context.Context, c *v1alpha1.CloudConnection, account store.Claim) (reading, error) {
	ref, keys := source.CredentialKeys(&c.Spec)
	refs := []source.Ref{ref}
	load, err := k.world.loads.Begin(c.UID, source.Sources{})
	defer load.End()
	if err != nil {
		return reading{}, err
	}
	objects, err := k.world.read(ctx, c.Namespace, refs, load)
	if err != nil {
		return reading{}, err
	}
	credentials, err := source.Credentials(ref, keys, objects[ref])
	if err != nil {
		return reading{}, err
	}
	record, err := k.record(c, account, refs, objects)
	return reading{credentials: credentials, versions: source.Versions(refs, objects), record: record}, err
}

func (k *cloudConnections) record(
	c *v1alpha1.CloudConnection, account store.Claim, refs []source.Ref, objects map[source.Ref]source.Object,
) (string, error) {
	spec := c.Spec
	spec.CommonSpec, spec.Verification = v1alpha1.CommonSpec{}, ""
	return fingerprint(spec, policyPart(c), account.UID, k.world.sourceParts(refs, objects))
}

func wantConnection(c *v1alpha1.CloudConnection, credentials map[string]store.Secret) store.Connection {
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

// put creates or replaces the connection; a row of this object's former life is bound to it first.
func (k *cloudConnections) put(
	ctx context.Context, c *v1alpha1.CloudConnection, account, claim store.Claim, want store.Connection, mark store.Mark,
) (store.Connection, error) {
	got, err := k.leading.led.PutConnection(ctx, claim, account, want, mark)
	if conflict := (*store.ConflictError)(nil); errors.As(err, &conflict) {
		if err := k.rebind(ctx, c, claim, conflict.Holder); err != nil {
			return store.Connection{}, err
		}
		got, err = k.leading.led.PutConnection(ctx, claim, account, want, mark)
	}
	if errors.Is(err, store.ErrNotFound) {
		return store.Connection{}, accountNotReady(c.AccountName())
	}
	return got, err
}

func (k *cloudConnections) rebind(ctx context.Context, c *v1alpha1.CloudConnection, claim, holder store.Claim) error {
	former, err := k.world.formerLife(ctx, c, claim, holder)
	if err != nil {
		return err
	}
	if !former {
		return connectionNameHeld()
	}
	return k.leading.led.Rebind(ctx, holder, claim)
}

func connectionNameHeld() error {
	return stalledBy(v1alpha1.ReasonNameConflict,
		"the account has a connection of this name that this object does not manage; give this object another name")
}

func (k *cloudConnections) remove(ctx context.Context, c *v1alpha1.CloudConnection) error {
	k.verifier.forget(c.UID)
	claim, err := k.world.claim(ctx, store.KindCloudConnection, c)
	if err != nil {
		return err
	}
	if err := k.leading.led.DeleteConnection(ctx, claim, c.Spec.Retains()); err != nil {
		return err
	}
	k.world.recount(ctx, k.leading, c)
	return nil
}

func (k *cloudConnections) released(context.Context, *v1alpha1.CloudConnection) {}
