package main

import (
	"context"
	"fmt"
	"reflect"
	"sync"

	"k8s.io/apimachinery/pkg/api/meta"
	toolscache "k8s.io/client-go/tools/cache"
	"sigs.k8s.io/controller-runtime/pkg/cache"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/account-operator/account-operator/api/v1alpha1"
)

// spectator sees each object of a kind as users do, by a watch.
type spectator struct {
	mu      sync.Mutex
	present map[string]bool // by name: whether it is Ready
	ready   int
	changed chan struct{}
}

// watch returns a spectator of a kind, which sees until ctx ends.
func (s *site) watch(ctx context.Context, of client.Object) (*spectator, error) {
	informers, err := cache.New(s.cluster.Config(), cache.Options{
		Scheme: s.api.Scheme(), DefaultNamespaces: map[string]cache.Config{ns: {}}, DefaultTransform: cache.TransformStripManagedFields(),
	})
	if err != nil {
		return nil, err
	}
	informer, err := informers.GetInformer(ctx, of, cache.BlockUntilSynced(false))
	if err != nil {
		return nil, err
	}
	p := &spectator{present: map[string]bool{}, changed: make(chan struct{}, 1)}
	if _, err := informer.AddEventHandler(toolscache.ResourceEventHandlerFuncs{
		AddFunc:    func(o any) { p.see(o, true) },
		UpdateFunc: func(_, o any) { p.see(o, true) },
		DeleteFunc: func(o any) { p.see(o, false) },
	}); err != nil {
		return nil, err
	}
	go func() { _ = informers.Start(ctx) }() // it only fails if started twice
	if !informers.WaitForCacheSync(ctx) {
		return nil, fmt.Errorf("watching %s: %w", reflect.TypeOf(of), ctx.Err())
	}
	return p, nil
}

func (p *spectator) see(o any, present bool) {
	if last, unknown := o.(toolscache.DeletedFinalStateUnknown); unknown {
		o = last.Obj
	}
	obj, ours := o.(interface {
		client.Object
		CommonStatus() *v1alpha1.CommonStatus
	})
	if !ours {
		return
	}
	p.put(obj.GetName(), present, meta.IsStatusConditionTrue(obj.CommonStatus().Conditions, v1alpha1.ConditionReady))
	select {
	case p.changed <- struct{}{}:
	default: // whoever waits will look anyway
	}
}

func (p *spectator) put(name string, present, ready bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.present[name] {
		p.ready--
	}
	delete(p.present, name)
	if !present {
		return
	}
	p.present[name] = ready
	if ready {
		p.ready++
	}
}

// counts are the objects that are there, and those of them that are Ready.
func (p *spectator) counts() (present, ready int) {
	p.mu.Lock()
	defer p.mu.Unlock()
	return len(p.present), p.ready
}

// sees waits until so many objects are there and all are Ready.
func (s *site) sees(ctx context.Context, p *spectator, objects int) error {
	ctx, cancel := context.WithTimeout(ctx, limit)
	defer cancel()
	defer progress(func() string {
		present, ready := p.counts()
		return fmt.Sprintf("%d Ready of %d there, waiting for %d", ready, present, objects)
	})()
	for {
		present, ready := p.counts()
		if present == objects && ready == objects {
			return nil
		}
		select {
		case <-p.changed:
		case <-ctx.Done():
			return fmt.Errorf("%d objects are there and %d Ready, of %d: %w", present, ready, objects, ctx.Err())
		case <-s.running.Done():
			return fmt.Errorf("%s ended", s.of.Subject)
		}
	}
}
