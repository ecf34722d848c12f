package cli

import (
	"context"
	"errors"
	"fmt"

	"github.com/spf13/cobra"
	"k8s.io/apimachinery/pkg/api/equality"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	"sigs.k8s.io/controller-runtime/pkg/client"
)

// request is something that is asked of one object after the other.
type request struct {
	// ask writes what is wanted into the object, or refuses to.
	ask func(t target, obj object) error
	// asked is what to say of the object where no one waits.
	asked string
	// judge says what keeps it from being done; "": it is done.
	judge func(object) (state string, err error)
	// done says of the object how it ended; nothing where the error says it. The object is nil where it is gone.
	done func(t target, obj object) (said string, err error)
}

// each makes r a command that takes kind/name of any number of objects.
func (s *session) each(cmd *cobra.Command, r request) *cobra.Command {
	var w waiting
	var o output
	cmd.Args, cmd.ValidArgsFunction = cobra.MinimumNArgs(1), s.completeTarget
	cmd.RunE = func(cmd *cobra.Command, args []string) error {
		targets := make([]target, len(args))
		for i, arg := range args {
			var err error
			if targets[i], err = parseTarget(arg); err != nil {
				return err
			}
		}
		if err := s.connect(); err != nil {
			return err
		}
		var errs []error
		for _, t := range targets {
			errs = append(errs, s.one(cmd.Context(), t, r, w, &o))
		}
		return errors.Join(errs...)
	}
	w.addWaitFlags(cmd)
	o.addOutputFlag(cmd, "json", "yaml")
	return cmd
}

func (s *session) one(ctx context.Context, t target, r request, w waiting, o *output) error {
	obj, err := s.edit(ctx, t, r.ask)
	if err != nil {
		return err
	}
	said := r.asked
	if w.wait {
		obj, err = await(ctx, s, w, t, t.empty, r.judge)
		switch {
		case apierrors.IsNotFound(err):
			obj = nil
		case err != nil:
			return s.ended(ctx, err, t)
		}
		said, err = r.done(t, obj)
	}
	return errors.Join(s.print(t, obj, said, o), err)
}

// print prints the object as it is now, or what there is to say of it.
func (s *session) print(t target, obj object, said string, o *output) error {
	if !o.forPeople() && obj != nil {
		return o.objects(s.Out, obj)
	}
	if said == "" {
		return nil // the error says it
	}
	_, err := fmt.Fprintf(s.Out, "%s %s\n", t, said)
	return err
}

// ended explains why a wait ended without what was waited for.
func (s *session) ended(ctx context.Context, err error, t target) error {
	if hopeless(err) {
		return s.explain(ctx, err, "get", t)
	}
	return err
}

// edit changes the object as it is now, where something is to be changed.
func (s *session) edit(ctx context.Context, t target, ask func(target, object) error) (object, error) {
	obj, err := s.get(ctx, t)
	if err != nil {
		return nil, err
	}
	before := obj.DeepCopyObject().(client.Object)
	if err := ask(t, obj); err != nil || equality.Semantic.DeepEqual(before, obj) {
		return obj, err
	}
	return obj, s.explain(ctx, s.api.Patch(ctx, obj, client.MergeFrom(before)), "patch", t)
}
