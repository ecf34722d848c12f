package controller

import (
	"context"
	"errors"
	"slices"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/account-operator/account-operator/api/v1alpha1"
	"github.com/account-operator/account-operator/internal/source"
	"github.com/account-operator/account-operator/internal/store"
)

// envVarSets is the kind EnvVarSet.
type envVarSets struct {
	world   *world
	leading *leading
}

func (k *envVarSets) sync(ctx context.Context, s *v1alpha1.EnvVarSet) (news, error) {
	account, err := k.world.account(ctx, s)
	if err != nil {
		return news{}, err
	}
	sources, err := source.NewSources(&s.Spec, k.world.secretsWith(ctx, s.Namespace))
	if err != nil {
		return news{}, err
	}
	refs := sources.Refs()
	if err := k.inSync(ctx, s, account, refs); err != nil {
		return news{}, err
	}
	load, err := k.world.loads.Begin(s.UID, sources)
	defer load.End()
	if err != nil {
		return news{}, err
	}
	return k.apply(ctx, s, account, sources, load)
}

// apply makes the store hold what the sources say now.
func (k *envVarSets) apply(
	ctx context.Context, s *v1alpha1.EnvVarSet, account store.Claim, sources source.Sources, load *source.Load,
) (news, error) {
	want, objects, err := k.want(ctx, s, sources, load)
	if err != nil {
		return news{}, err
	}
	refs := sources.Refs()
	record, err := k.record(s, account, refs, objects)
	if err != nil {
		return news{}, err
	}
	wish, err := k.wish(ctx, s, account, want, objects, record)
	if err != nil {
		return news{}, err
	}
	plan, err := k.write(ctx, s, account, wish)
	if plan.resizes { // an error may be that only the answer was lost
		k.leading.recount(account)
	}
	if err != nil {
		k.leading.state.MarkUnknown(s.UID, record)
		return news{}, err
	}
	return k.tell(s, account, plan, source.Versions(refs, objects)), plan.conflict()
}

// want reads the variables. What can be judged without reading anything is judged before.
func (k *envVarSets) want(
	ctx context.Context, s *v1alpha1.EnvVarSet, sources source.Sources, load *source.Load,
) ([]source.Variable, map[source.Ref]source.Object, error) {
	compiled, err := sources.Compile()
	if err != nil {
		return nil, nil, err
	}
	objects, err := k.world.read(ctx, s.Namespace, sources.Refs(), load)
	if err != nil {
		return nil, nil, err
	}
	want, err := compiled.EnvVars(objects, k.leading.store.Capabilities().FoldsNames)
	return want, objects, err
}

// tell writes into status what a plan that was applied did.
func (k *envVarSets) tell(s *v1alpha1.EnvVarSet, account store.Claim, plan envVarPlan, sources []v1alpha1.SourceVersion) news {
	before, versions := s.Status.Drifted, s.Status.Sources
	reportEnvVars(s, plan, sources)
	if !slices.Equal(before, s.Status.Drifted) { // somebody removed a variable, which is left so
		k.leading.recount(account)
	}
	k.leading.metrics.driftFound(store.KindEnvVarSet, len(plan.drift.names))
	heard := plan.drift.news(before, s).or(plan.adoption())
	if names := plan.written(); len(names) > 0 {
		heard = heard.or(rotation(s, versions, sources, some(names)))
	}
	return heard
}

// wish gathers what a plan needs to know beside the variables that are there.
func (k *envVarSets) wish(
	ctx context.Context, s *v1alpha1.EnvVarSet, account store.Claim, want []source.Variable, objects map[source.Ref]source.Object, record string,
) (envVarWish, error) {
	owner, err := k.world.claim(ctx, store.KindEnvVarSet, s)
	if err != nil {
		return envVarWish{}, err
	}
	wish := envVarWish{owner: owner, want: want, record: record, as: spellingOf(k.leading.store.Capabilities())}
	past, err := k.leading.history(ctx, s, owner, record)
	if err != nil {
		return wish, err
	}
	if s.Spec.ReportsDrift() {
		if wish.marks, err = variableMarks(account, want, objects); err != nil {
			return wish, err
		}
	}
	wish.drift = func() *drift { return driftOf(s, past) }
	return wish, nil
}

// inSync tells without reading any content whether the store has applied exactly this spec from exactly these sources.
func (k *envVarSets) inSync(ctx context.Context, s *v1alpha1.EnvVarSet, account store.Claim, refs []source.Ref) error {
	glanced, err := k.world.glance(ctx, s.Namespace, refs)
	if err != nil {
		return err
	}
	record, err := k.record(s, account, refs, glanced)
	if err != nil {
		return err
	}
	return k.leading.inSync(s, record, slices.Equal(s.Status.Sources, source.Versions(refs, glanced)))
}

func (k *envVarSets) record(s *v1alpha1.EnvVarSet, account store.Claim, refs []source.Ref, objects map[source.Ref]source.Object) (string, error) {
	return fingerprint(orNil(s.Spec.Env), orNil(s.Spec.EnvFrom), orNil(s.Spec.Dotenv), s.Spec.UpdatePolicy, policyPart(s), account.UID, k.world.sourceParts(refs, objects))
}

// write plans and applies in one transaction of the store. What is held by this very object's former life, from before the cluster
// was restored or the object was made anew behind our back, is bound to it and planned anew, also what it does not ask for any more:
// that leaves the account like any name that leaves the set.
func (k *envVarSets) write(ctx context.Context, s *v1alpha1.EnvVarSet, account store.Claim, wish envVarWish) (envVarPlan, error) {
	seen := k.leading.state.Begin(s.UID)
	if err := k.leaveOtherAccounts(ctx, s, account, wish.owner); err != nil {
		return envVarPlan{}, err
	}
	plan, err := k.plan(ctx, s, account, wish)
	for past := (store.Claim{}); err == nil && !plan.former.IsZero() && plan.former != past; {
		past = plan.former
		ok, e := k.world.formerLife(ctx, s, wish.owner, past)
		if e != nil || !ok {
			err = e
			break
		}
		if err = k.leading.led.Rebind(ctx, past, wish.owner); err == nil {
			plan, err = k.plan(ctx, s, account, wish)
		}
	}
	if err == nil {
		k.leading.state.Commit(s.UID, plan.record, seen)
	}
	return plan, err
}

// plan applies what planFor says. Where that removes a variable, it is looked at a second time whether the spec is still
// the one that was planned for.
func (k *envVarSets) plan(ctx context.Context, s *v1alpha1.EnvVarSet, account store.Claim, wish envVarWish) (envVarPlan, error) {
	var plan envVarPlan
	var sure bool
	apply := func() error {
		return k.leading.led.SyncEnvVars(ctx, account, wish.owner, func(have []store.EnvVar) store.EnvVarPlan {
			plan = planFor(s.Spec.UpdatePolicy)(wish, have)
			if plan.removes() && !sure {
				return store.EnvVarPlan{}
			}
			return store.EnvVarPlan{Changes: plan.changes, Mark: k.mark(s, plan)}
		})
	}
	err := apply()
	if err == nil && plan.removes() {
		if err = k.world.unchanged(ctx, s); err == nil {
			sure = true
			err = apply()
		}
	}
	if errors.Is(err, store.ErrNotFound) {
		return plan, accountNotReady(s.AccountName())
	}
	return plan, err
}

// mark is nil when the store has this very record already, so that a pass that changes nothing writes nothing.
func (k *envVarSets) mark(s *v1alpha1.EnvVarSet, plan envVarPlan) *store.Mark {
	if !plan.writes() && k.leading.state.IsRecorded(s.UID, plan.record) {
		return nil
	}
	return &store.Mark{Generation: s.Generation, Record: plan.record, Leaves: plan.drift.marks}
}

func (k *envVarSets) remove(ctx context.Context, s *v1alpha1.EnvVarSet) error {
	owner, err := k.world.claim(ctx, store.KindEnvVarSet, s)
	if err != nil {
		return err
	}
	if err := k.leading.led.RemoveEnvVars(ctx, owner, s.Spec.Retains()); err != nil {
		return err
	}
	k.world.recount(ctx, k.leading, s)
	return nil
}

func (k *envVarSets) released(context.Context, *v1alpha1.EnvVarSet) {}

// variableMarks are what values are remembered by: the version of the object that has each, or where the spec itself has it,
// a fingerprint. They speak of one account: another of its name has nothing yet, whatever this one had.
func variableMarks(account store.Claim, want []source.Variable, objects map[source.Ref]source.Object) (map[string]string, error) {
	marks := make(map[string]string, len(want))
	for _, w := range want {
		part := []any{account.UID, w.From.String(), objects[w.From].UID, objects[w.From].ResourceVersion}
		if w.From == (source.Ref{}) {
			part = []any{account.UID, string(w.Value.Reveal())}
		}
		mark, err := fingerprint(part...)
		if err != nil {
			return nil, err
		}
		marks[w.Name] = mark[:leafMark]
	}
	return marks, nil
}

func reportEnvVars(s *v1alpha1.EnvVarSet, plan envVarPlan, sources []v1alpha1.SourceVersion) {
	count := int32(len(plan.names)) //nolint:gosec // at most source.MaxNames
	s.Status.VarCount, s.Status.Names = &count, plan.names
	s.Status.Sources, s.Status.Conflicts = sources, plan.conflicts
	plan.drift.tell(s)
	if plan.writes() || s.Status.LastSyncTime == nil {
		now := metav1.Now()
		s.Status.LastSyncTime = &now
	}
}
