package envvarset

import (
	"context"
	"slices"
	"time"

	"k8s.io/apimachinery/pkg/types"

	"github.com/account-operator/account-operator/api/v1alpha1"
	"github.com/account-operator/account-operator/internal/controller/clusterview"
	"github.com/account-operator/account-operator/internal/controller/drift"
	"github.com/account-operator/account-operator/internal/controller/events"
	"github.com/account-operator/account-operator/internal/controller/lifecycle"
	"github.com/account-operator/account-operator/internal/controller/syncstate"
	"github.com/account-operator/account-operator/internal/source"
	"github.com/account-operator/account-operator/internal/store"
)

// progressEvery is how long a pass writes before it reports how far it is. The next one goes on where it ended: what each account has is
// in the store.
const progressEvery = 5 * time.Second

// many is one pass of a set that selects its accounts.
type many struct {
	*Kind
	set      *v1alpha1.EnvVarSet
	selector clusterview.Selector
	owner    store.Claim
	matched  []*v1alpha1.Account // by name
	sources  source.Sources
	refs     []source.Ref
	versions map[source.Ref]source.Object

	began    syncstate.Snapshot
	deadline time.Time
	pairs    map[types.UID]store.Pair // by the Account's UID
	record   string                   // of each pair
	desired  desiredVars
	sure     bool // the API server was asked whether the spec is still this one
	result   result
	wrote    bool // to the store, which emptied the record of the set
	outdated bool // the cache has not seen the last change of an Account
}

// syncMany makes every account that the set matches have its variables, and those that it does not match lose them.
func (k *Kind) syncMany(ctx context.Context, s *v1alpha1.EnvVarSet) (events.Event, error) {
	p, err := k.look(ctx, s)
	if err != nil {
		return events.Event{}, err
	}
	whole, err := p.whole()
	if err != nil {
		return events.Event{}, err
	}
	if err := lifecycle.InSync(k.Tracker, s, whole, p.isShown()); err != nil {
		return events.Event{}, err
	}
	if hindered := p.before(whole); hindered != nil {
		return events.Event{}, hindered
	}
	k.resting.forget(s.UID)
	if err := p.write(ctx); err != nil {
		k.Tracker.MarkUnknown(s.UID, whole)
		return events.Event{}, err
	}
	event := p.report()
	return event, p.settle(ctx)
}

// look finds out from the cache, without reading any content, what there is to be compared.
func (k *Kind) look(ctx context.Context, s *v1alpha1.EnvVarSet) (*many, error) {
	p := &many{Kind: k, set: s, deadline: time.Now().Add(progressEvery)}
	var err error
	if p.selector, err = clusterview.SelectorOf(s); err != nil {
		return nil, err
	}
	if p.matched, err = k.Reader.Selected(ctx, p.selector); err != nil {
		return nil, err
	}
	if p.owner, err = k.Reader.Claim(ctx, store.KindEnvVarSet, s); err != nil {
		return nil, err
	}
	if p.sources, err = source.NewSources(&s.Spec, k.Reader.SecretsWith(ctx, s.Namespace)); err != nil {
		return nil, err
	}
	p.refs = p.sources.Refs()
	if p.versions, err = k.Reader.CachedVersions(ctx, s.Namespace, p.refs); err != nil {
		return nil, err
	}
	p.record, err = k.Record(s, store.Claim{}, p.refs, p.versions)
	return p, err
}

// whole is the record of the set itself: what each pair has, and which accounts there are.
func (p *many) whole() (string, error) {
	uids := make([]types.UID, len(p.matched))
	for i, a := range p.matched {
		if uids[i] = a.UID; a.Observes() {
			uids[i] += " observed"
		}
	}
	slices.Sort(uids)
	return drift.Fingerprint(p.record, uids)
}

// isShown reports whether status shows what a set in sync has.
func (p *many) isShown() bool {
	shown := p.set.Status.Accounts
	return slices.Equal(p.set.Status.Sources, source.Versions(p.refs, p.versions)) &&
		int(shown.Matched) == len(p.matched) && shown.Ready == shown.Matched && shown.Progress != ""
}

// write puts what is missing, account by account, and then removes what is to go.
func (p *many) write(ctx context.Context) error {
	p.began = p.Tracker.Begin(p.set.UID)
	if err := p.takeOver(ctx); err != nil {
		return err
	}
	p.pairs = map[types.UID]store.Pair{}
	var left []store.Pair
	isMatched := map[types.UID]bool{}
	for _, a := range p.matched {
		isMatched[a.UID] = true
	}
	err := store.EachPair(ctx, p.Session.Fenced(), p.owner, func(pair store.Pair) error {
		if uid := types.UID(pair.Account.UID); isMatched[uid] {
			p.pairs[uid] = pair
		} else {
			left = append(left, pair)
		}
		return nil
	})
	if err != nil {
		return err
	}
	if err := p.put(ctx); err != nil {
		return err
	}
	return p.remove(ctx, left)
}

// takeOver binds what previous incarnations of the set hold, in whichever account, to it. What it does not ask for leaves the accounts
// then like all that leaves the set.
func (p *many) takeOver(ctx context.Context) error {
	return p.eachPrevious(ctx, p.set, store.Claim{}, p.owner, func(previous store.Claim) error {
		return p.Session.Fenced().Rebind(ctx, previous, p.owner)
	})
}

// put reads the sources once, where any account lacks what they say, and gives it to them.
func (p *many) put(ctx context.Context) error {
	for _, a := range p.matched {
		if a.Observes() {
			p.result.blocks(a, clusterview.AccountNotManaged(a.Name))
		}
	}
	if len(p.lacking()) == 0 && p.set.Status.VarCount != nil {
		return nil
	}
	load, err := p.Reader.Loads.Begin(p.set.UID, p.sources)
	defer load.End()
	if err != nil {
		return err
	}
	want, objects, err := p.want(ctx, p.set, p.sources, load)
	if err != nil {
		return err
	}
	p.versions = objects
	if p.record, err = p.Record(p.set, store.Claim{}, p.refs, objects); err != nil {
		return err
	}
	p.desired = desiredVars{owner: p.owner, want: want, record: p.record, as: spellingOf(p.Session.Capabilities())}
	if p.set.Spec.ReportsDrift() {
		if p.desired.marks, err = variableMarks(store.Claim{}, want, objects); err != nil {
			return err
		}
	}
	return p.putAll(ctx, p.lacking())
}

// lacking are the accounts whose pair is not as it should be, by its record; all, where they are to be compared. Of those that are only
// observed nothing is written.
func (p *many) lacking() []*v1alpha1.Account {
	suspect := p.Tracker.IsSuspect(p.set.UID)
	var all []*v1alpha1.Account
	for _, a := range p.matched {
		if a.Observes() {
			continue
		}
		if pair := p.pairs[a.UID]; suspect || pair.Stale || pair.Record != p.record {
			all = append(all, a)
		}
	}
	return all
}

// settle has the store remember that all is as it should be, unless something is in the way.
func (p *many) settle(ctx context.Context) error {
	whole, err := p.whole()
	if err != nil {
		return err
	}
	if hindered := p.result.outcome(len(p.matched)); hindered != nil {
		p.Tracker.Commit(p.set.UID, "", p.began)
		if p.result.rests() {
			p.resting.keep(p.set.UID, rest{whole, p.unseen(), p.began, hindered})
		}
		return hindered
	}
	if p.result.observed { // it loses the set once it is managed again, and nothing else says that there is something to do
		p.Tracker.Commit(p.set.UID, "", p.began)
		return nil
	}
	whole = p.drift().RecordOf(whole) // with drift that is left, it is never trusted
	if !p.wrote && p.Tracker.IsRecorded(p.set.UID, whole) {
		p.Tracker.Commit(p.set.UID, whole, p.began)
		return nil
	}
	if err := p.Session.Fenced().SettlePairs(ctx, p.owner, store.Mark{Generation: p.set.Generation, Record: whole}); err != nil {
		p.Tracker.MarkUnknown(p.set.UID, whole)
		return err
	}
	p.Tracker.Commit(p.set.UID, whole, p.began)
	return nil
}
