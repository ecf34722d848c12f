// Package envvarset is the kind EnvVarSet: variables from specs, Secrets and ConfigMaps, planned inside a transaction of the store.
package envvarset

import (
	"context"
	"errors"
	"slices"
	"time"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/account-operator/account-operator/api/v1alpha1"
	"github.com/account-operator/account-operator/internal/controller/clusterview"
	"github.com/account-operator/account-operator/internal/controller/drift"
	"github.com/account-operator/account-operator/internal/controller/events"
	"github.com/account-operator/account-operator/internal/controller/jobs/counts"
	"github.com/account-operator/account-operator/internal/controller/leader"
	"github.com/account-operator/account-operator/internal/controller/lifecycle"
	"github.com/account-operator/account-operator/internal/controller/syncstate"
	"github.com/account-operator/account-operator/internal/legible"
	"github.com/account-operator/account-operator/internal/source"
	"github.com/account-operator/account-operator/internal/store"
)

// Kind is the kind EnvVarSet.
type Kind struct {
	Reader     *clusterview.Reader
	Session    *leader.Session
	Tracker    *syncstate.Tracker
	Counts     *counts.Counts
	DriftFound func(kind store.Kind, leaves int)
	// Resync is how often everything is compared without a cause.
	Resync time.Duration

	resting resting
}

// Sync implements lifecycle.Kind.
func (k *Kind) Sync(ctx context.Context, s *v1alpha1.EnvVarSet) (events.Event, error) {
	if s.Spec.AccountSelector != nil {
		return k.syncMany(ctx, s)
	}
	account, err := k.Reader.Account(ctx, s)
	if err != nil {
		return events.Event{}, err
	}
	sources, err := source.NewSources(&s.Spec, k.Reader.SecretsWith(ctx, s.Namespace))
	if err != nil {
		return events.Event{}, err
	}
	refs := sources.Refs()
	if err := k.inSync(ctx, s, account, refs); err != nil {
		return events.Event{}, err
	}
	load, err := k.Reader.Loads.Begin(s.UID, sources)
	defer load.End()
	if err != nil {
		return events.Event{}, err
	}
	return k.apply(ctx, s, account, sources, load)
}

// apply makes the store hold what the sources say now.
func (k *Kind) apply(
	ctx context.Context, s *v1alpha1.EnvVarSet, account store.Claim, sources source.Sources, load *source.Load,
) (events.Event, error) {
	want, objects, err := k.want(ctx, s, sources, load)
	if err != nil {
		return events.Event{}, err
	}
	refs := sources.Refs()
	record, err := k.Record(s, account, refs, objects)
	if err != nil {
		return events.Event{}, err
	}
	desired, err := k.desired(ctx, s, account, want, objects, record)
	if err != nil {
		return events.Event{}, err
	}
	plan, err := k.write(ctx, s, account, desired)
	if plan.resizes { // an error may be that only the answer was lost
		k.Counts.Refresh(account)
	}
	if err != nil {
		k.Tracker.MarkUnknown(s.UID, record)
		return events.Event{}, err
	}
	return k.report(s, account, plan, source.Versions(refs, objects)), plan.conflict(inStatus)
}

// want reads the variables. What can be judged without reading anything is judged before.
func (k *Kind) want(
	ctx context.Context, s *v1alpha1.EnvVarSet, sources source.Sources, load *source.Load,
) ([]source.Variable, map[source.Ref]source.Object, error) {
	compiled, err := sources.Compile()
	if err != nil {
		return nil, nil, err
	}
	objects, err := k.Reader.Read(ctx, s.Namespace, sources.Refs(), load)
	if err != nil {
		return nil, nil, err
	}
	want, err := compiled.EnvVars(objects, k.Session.Capabilities().FoldsNames)
	return want, objects, err
}

// report writes into status what a plan that was applied did.
func (k *Kind) report(s *v1alpha1.EnvVarSet, account store.Claim, plan plan, sources []v1alpha1.SourceVersion) events.Event {
	before, versions := s.Status.Drifted, s.Status.Sources
	reportEnvVars(s, plan, sources)
	if !slices.Equal(before, s.Status.Drifted) { // another client removed a variable, which is left so
		k.Counts.Refresh(account)
	}
	k.DriftFound(store.KindEnvVarSet, len(plan.drift.Names))
	event := plan.drift.Event(before, s).Or(adoption(plan.adopted))
	if names := plan.written(); len(names) > 0 {
		event = event.Or(events.Rotation(s, versions, sources, legible.List(names)))
	}
	return event
}

// desired gathers what a plan needs to know beside the variables that are there.
func (k *Kind) desired(
	ctx context.Context, s *v1alpha1.EnvVarSet, account store.Claim, want []source.Variable, objects map[source.Ref]source.Object, record string,
) (desiredVars, error) {
	owner, err := k.Reader.Claim(ctx, store.KindEnvVarSet, s)
	if err != nil {
		return desiredVars{}, err
	}
	desired := desiredVars{owner: owner, want: want, record: record, as: spellingOf(k.Session.Capabilities())}
	past, err := drift.Past(ctx, k.Tracker, k.Session.Fenced(), s, owner, record)
	if err != nil {
		return desired, err
	}
	if s.Spec.ReportsDrift() {
		if desired.marks, err = variableMarks(account, want, objects); err != nil {
			return desired, err
		}
	}
	desired.drift = func() *drift.Drift { return drift.Of(s, past) }
	return desired, nil
}

// inSync reports without reading any content whether the store has applied exactly this spec from exactly these sources.
func (k *Kind) inSync(ctx context.Context, s *v1alpha1.EnvVarSet, account store.Claim, refs []source.Ref) error {
	cached, err := k.Reader.CachedVersions(ctx, s.Namespace, refs)
	if err != nil {
		return err
	}
	record, err := k.Record(s, account, refs, cached)
	if err != nil {
		return err
	}
	return lifecycle.InSync(k.Tracker, s, record, slices.Equal(s.Status.Sources, source.Versions(refs, cached)))
}

// Record is of all that the set's rows are made from: its spec, its account, and the versions of its sources.
func (k *Kind) Record(s *v1alpha1.EnvVarSet, account store.Claim, refs []source.Ref, objects map[source.Ref]source.Object) (string, error) {
	return drift.Fingerprint(drift.OrNil(s.Spec.Env), drift.OrNil(s.Spec.EnvFrom), drift.OrNil(s.Spec.Dotenv), s.Spec.UpdatePolicy, drift.PolicyPart(s), account.UID, k.Reader.SourceParts(refs, objects))
}

// write plans and applies in one transaction of the store. What is held by this very object's previous incarnation, from before the cluster
// was restored or the object was recreated behind our back, is bound to it and planned again, also what it does not ask for any more:
// that leaves the account like any name that leaves the set.
func (k *Kind) write(ctx context.Context, s *v1alpha1.EnvVarSet, account store.Claim, desired desiredVars) (plan, error) {
	seen := k.Tracker.Begin(s.UID)
	if err := k.leaveOtherAccounts(ctx, s, account, desired.owner); err != nil {
		return plan{}, err
	}
	plan, err := k.plan(ctx, s, account, desired)
	for past := (store.Claim{}); err == nil && !plan.previous.IsZero() && plan.previous != past; {
		past = plan.previous
		ok, e := k.Reader.PreviousIncarnation(ctx, s, desired.owner, past)
		if e != nil || !ok {
			err = e
			break
		}
		if err = k.Session.Fenced().Rebind(ctx, past, desired.owner); err == nil {
			plan, err = k.plan(ctx, s, account, desired)
		}
	}
	if err == nil {
		k.Tracker.Commit(s.UID, plan.record, seen)
	}
	return plan, err
}

// leaveOtherAccounts ends what previous incarnations of the set hold in accounts that are not its own, as the set's deletion would. It comes
// before the set has a record of its own, so that no crash in between lets it be forgotten. What they hold in the set's account is
// bound to it with the plan.
func (k *Kind) leaveOtherAccounts(ctx context.Context, s *v1alpha1.EnvVarSet, account, owner store.Claim) error {
	return k.eachPrevious(ctx, s, account, owner, func(previous store.Claim) error {
		return k.Session.Fenced().RemoveEnvVars(ctx, previous, s.Spec.Retains())
	})
}

// eachPrevious calls do with each previous incarnation of a set without a record that holds variables of other accounts than this one.
func (k *Kind) eachPrevious(ctx context.Context, s *v1alpha1.EnvVarSet, account, owner store.Claim, do func(store.Claim) error) error {
	if k.Tracker.HasRecord(s.UID) {
		return nil
	}
	owners, err := k.Session.Fenced().FormerOwners(ctx, account, owner)
	for _, previous := range owners {
		ours, e := k.Reader.PreviousIncarnation(ctx, s, owner, previous)
		if e == nil && ours {
			e = do(previous)
		}
		if e != nil {
			return e
		}
	}
	return err
}

// plan applies what planFor says. Where that removes a variable, it is compared a second time whether the spec is still
// the one that was planned for.
func (k *Kind) plan(ctx context.Context, s *v1alpha1.EnvVarSet, account store.Claim, desired desiredVars) (plan, error) {
	var plan plan
	var sure bool
	apply := func() error {
		return k.Session.Fenced().SyncEnvVars(ctx, account, desired.owner, func(have []store.EnvVar) store.EnvVarPlan {
			plan = planFor(s.Spec.UpdatePolicy)(desired, have)
			if plan.removes() && !sure {
				return store.EnvVarPlan{}
			}
			return store.EnvVarPlan{Changes: plan.changes, Mark: k.mark(s, plan)}
		})
	}
	err := apply()
	if err == nil && plan.removes() {
		if err = k.Reader.Unchanged(ctx, s); err == nil {
			sure = true
			err = apply()
		}
	}
	if errors.Is(err, store.ErrNotFound) {
		return plan, clusterview.AccountNotReady(s.AccountName())
	}
	return plan, err
}

// mark is nil when the store has this very record already, so that a reconcile that changes nothing writes nothing.
func (k *Kind) mark(s *v1alpha1.EnvVarSet, plan plan) *store.Mark {
	if !plan.writes() && k.Tracker.IsRecorded(s.UID, plan.record) {
		return nil
	}
	return &store.Mark{Generation: s.Generation, Record: plan.record, Leaves: plan.drift.Marks}
}

// variableMarks are what values are remembered by: the version of the object that has each, or where the spec itself has it,
// a fingerprint. They speak of one account: another of its name has nothing yet, whatever this one had.
func variableMarks(account store.Claim, want []source.Variable, objects map[source.Ref]source.Object) (map[string]string, error) {
	marks := make(map[string]string, len(want))
	for _, w := range want {
		part := []any{account.UID, w.From.String(), objects[w.From].UID, objects[w.From].ResourceVersion}
		if w.From == (source.Ref{}) {
			part = []any{account.UID, string(w.Value.Reveal())}
		}
		mark, err := drift.Fingerprint(part...)
		if err != nil {
			return nil, err
		}
		marks[w.Name] = mark[:drift.MarkSize]
	}
	return marks, nil
}

func reportEnvVars(s *v1alpha1.EnvVarSet, plan plan, sources []v1alpha1.SourceVersion) {
	count := int32(len(plan.names)) //nolint:gosec // at most source.MaxNames
	s.Status.VarCount, s.Status.Names = &count, plan.names
	s.Status.Sources, s.Status.Conflicts = sources, plan.conflicts
	plan.drift.Report(s)
	if plan.writes() || s.Status.LastSyncTime == nil {
		now := metav1.Now()
		s.Status.LastSyncTime = &now
	}
}
