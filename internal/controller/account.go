package controller

import (
	"context"
	"errors"

	"k8s.io/apimachinery/pkg/api/meta"

	"github.com/account-operator/account-operator/api/v1alpha1"
	"github.com/account-operator/account-operator/internal/store"
)

// accounts is the kind Account.
type accounts struct {
	world   *world
	leading *leading
}

func (k *accounts) sync(ctx context.Context, a *v1alpha1.Account) (news, error) {
	claim, err := k.world.claim(ctx, store.KindAccount, a)
	if err != nil {
		return news{}, err
	}
	if a.Observes() {
		return news{}, k.observe(ctx, a, claim)
	}
	if err := checkHeir(a); err != nil {
		return news{}, err
	}
	if k.mailBegan(a) {
		k.leading.state.Invalidate(a.UID)
	}
	want := wantAccount(&a.Spec)
	record, err := fingerprint(want, policyPart(a))
	if err != nil {
		return news{}, err
	}
	if err := k.leading.inSync(a, record, true); err != nil {
		return news{}, err
	}
	return k.store(ctx, a, claim, want, record)
}

// unmade is called where a put failed, and perhaps only its answer was lost. there says that there was a row before.
func (k *accounts) unmade(ctx context.Context, a *v1alpha1.Account, there bool, d *drift) {
	switch {
	case d.lost:
		k.leading.rowGone(ctx, a)
	case !there:
		k.leading.rows.note(a.UID, noRow)
	}
}

func (k *accounts) released(ctx context.Context, a *v1alpha1.Account) { k.leading.rowGone(ctx, a) }

// mailBegan tells whether status says that mails cannot go out and this manager can send them. Status decides a look only.
func (k *accounts) mailBegan(a *v1alpha1.Account) bool {
	c := meta.FindStatusCondition(a.Status.Conditions, v1alpha1.ConditionEmailVerified)
	return k.leading.view.mails && c != nil && c.Reason == string(v1alpha1.ReasonMailNotConfigured)
}

// store makes the row what the spec says, but for what somebody else changed and is only to be reported.
func (k *accounts) store(ctx context.Context, a *v1alpha1.Account, claim store.Claim, want store.AccountSpec, record string) (news, error) {
	seen := k.leading.state.Begin(a.UID)
	have, d, err := k.compare(ctx, a, claim, &want, record)
	if err != nil {
		return news{}, err
	}
	told, record := news{}, d.recordOf(record)
	if d.toPut(have != nil, k.leading.state.IsApplied(a.UID, record)) {
		mark := store.Mark{Generation: a.Generation, Record: record, Leaves: d.marks}
		got, adopted, err := k.put(ctx, a, claim, want, mark)
		if err != nil {
			k.leading.state.MarkUnknown(a.UID, record)
			k.unmade(ctx, a, have != nil, d)
			return news{}, err
		}
		have, told = &got, adopted
	}
	k.leading.state.Commit(a.UID, record, seen)
	k.leading.rowSeen(ctx, a, *have)
	k.leading.view.report(a, *have)
	before := a.Status.Drifted
	d.tell(a)
	k.leading.metrics.driftFound(store.KindAccount, len(d.names))
	return told.or(d.news(before, a)), nil
}

// compare reads the row where it can have drifted: where exactly this was applied before, or where drift is reported and
// what was applied is remembered. It takes out of want what is to be left. have is nil where there is no row or no need to
// read it.
func (k *accounts) compare(
	ctx context.Context, a *v1alpha1.Account, claim store.Claim, want *store.AccountSpec, record string,
) (have *store.Account, d *drift, err error) {
	past, err := k.leading.history(ctx, a, claim, record)
	if err != nil {
		return nil, nil, err
	}
	d = driftOf(a, past)
	if !past.drifts(a) {
		return nil, d, nil
	}
	row, err := k.leading.led.Account(ctx, claim)
	if errors.Is(err, store.ErrNotFound) {
		d.unchanged = func(string, string) bool { return false } // it is created: nothing of it can have drifted
		d.lost = past.applied
		return nil, d, d.judgeAccount(want, &store.Account{})
	}
	if err != nil {
		return nil, nil, err
	}
	return &row, d, d.judgeAccount(want, &row)
}

// judgeAccount takes out of want what is to be left as it is in the row.
func (d *drift) judgeAccount(want *store.AccountSpec, row *store.Account) error {
	for _, l := range accountLeaves(want, row) {
		mark, err := fingerprint(l.want)
		if err != nil {
			return err
		}
		if d.spares(l.path, mark[:leafMark], l.want != l.have) {
			l.spare()
		}
	}
	return nil
}

// leafMark is how much of a fingerprint tells two values of one leaf apart.
const leafMark = 16

// put creates or replaces the account. Where another row is in the way, it may be this very object's from before the
// cluster was restored, or one that it may take over; then that row is bound to it first.
func (k *accounts) put(
	ctx context.Context, a *v1alpha1.Account, claim store.Claim, want store.AccountSpec, mark store.Mark,
) (store.Account, news, error) {
	restored, err := k.restore(ctx, a, claim)
	if err != nil {
		return store.Account{}, news{}, err
	}
	got, err := k.leading.led.PutAccount(ctx, claim, want, mark)
	conflict := (*store.ConflictError)(nil)
	if !errors.As(err, &conflict) {
		return got, restored, err
	}
	taken, err := k.takeOver(ctx, a, claim, conflict)
	if err != nil {
		return store.Account{}, news{}, err
	}
	got, err = k.leading.led.PutAccount(ctx, claim, want, mark)
	return got, taken, err
}

// former tells whether the holder is this object's former life: beside what holds for every kind, the address must agree.
func (k *accounts) former(ctx context.Context, a *v1alpha1.Account, claim, holder store.Claim) (bool, error) {
	ok, err := k.world.formerLife(ctx, a, claim, holder)
	if !ok || err != nil {
		return false, err
	}
	row, err := k.leading.led.Account(ctx, holder)
	if errors.Is(err, store.ErrNotFound) {
		return false, nil
	}
	return err == nil && sameAddress(row.Email, a.Spec.Email), err
}
