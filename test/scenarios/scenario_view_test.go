package scenarios

import (
	"context"
	"fmt"
	"reflect"
	"strings"
	"sync"

	"k8s.io/apimachinery/pkg/api/meta"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/client-go/rest"
	"sigs.k8s.io/controller-runtime/pkg/cache"
	"sigs.k8s.io/controller-runtime/pkg/client"
)

// view is what a manager sees through its cache. It can lag behind, as that of a real one does under load, for as long as a
// test wants.
type view struct {
	cache.Cache
	mu    sync.Mutex
	old   map[string]client.Object // shown in place of what there is
	held  chan struct{}            // closed when readers may go on; nil: at once
	reads map[string]int           // how often each object was read
}

func newView() *view { return &view{old: map[string]client.Object{}, reads: map[string]int{}} }

// newCache implements cache.NewCacheFunc. A nil view lags at nothing.
func (v *view) newCache(config *rest.Config, o cache.Options) (cache.Cache, error) {
	c, err := cache.New(config, o)
	if v == nil || err != nil {
		return c, err
	}
	v.Cache = c
	return v, nil
}

// Get implements client.Reader.
func (v *view) Get(ctx context.Context, key client.ObjectKey, into client.Object, o ...client.GetOption) error {
	of := fmt.Sprintf("%T %s", into, key.Name)
	v.mu.Lock()
	held, old := v.held, v.old[of]
	v.reads[of]++
	v.mu.Unlock()
	if old != nil {
		reflect.ValueOf(into).Elem().Set(reflect.ValueOf(old.DeepCopyObject()).Elem())
		return nil
	}
	if held != nil {
		select {
		case <-held:
		case <-ctx.Done():
			return ctx.Err()
		}
	}
	return v.Cache.Get(ctx, key, into, o...)
}

// List implements client.Reader.
func (v *view) List(ctx context.Context, into client.ObjectList, o ...client.ListOption) error {
	if err := v.Cache.List(ctx, into, o...); err != nil {
		return err
	}
	v.mu.Lock()
	defer v.mu.Unlock()
	return meta.EachListItem(into, func(item runtime.Object) error {
		if old := v.old[nameOf(item.(client.Object))]; old != nil {
			reflect.ValueOf(item).Elem().Set(reflect.ValueOf(old.DeepCopyObject()).Elem())
		}
		return nil
	})
}

func nameOf(obj client.Object) string { return fmt.Sprintf("%T %s", obj, obj.GetName()) }

// stays shows the object as obj is until catchUp.
func (v *view) stays(obj client.Object) {
	v.mu.Lock()
	defer v.mu.Unlock()
	v.old[nameOf(obj)] = obj.DeepCopyObject().(client.Object)
}

// catchUp shows everything as it is.
func (v *view) catchUp() {
	v.mu.Lock()
	defer v.mu.Unlock()
	clear(v.old)
}

// hold keeps all readers waiting, until release.
func (v *view) hold() (release func()) {
	v.mu.Lock()
	defer v.mu.Unlock()
	held := make(chan struct{})
	v.held = held
	clear(v.reads)
	return sync.OnceFunc(func() {
		v.mu.Lock()
		defer v.mu.Unlock()
		v.held = nil
		close(held)
	})
}

// readsOf is how often the object was read.
func (v *view) readsOf(obj client.Object) int {
	v.mu.Lock()
	defer v.mu.Unlock()
	return v.reads[nameOf(obj)]
}

// objectsRead counts the objects that were read since forget, or hold.
func (v *view) objectsRead(kind client.Object) (objects int) {
	v.mu.Lock()
	defer v.mu.Unlock()
	for name := range v.reads {
		if strings.HasPrefix(name, nameOf(kind)) {
			objects++
		}
	}
	return objects
}

func (v *view) forget() {
	v.mu.Lock()
	defer v.mu.Unlock()
	clear(v.reads)
}
