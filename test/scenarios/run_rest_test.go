package scenarios

import (
	"fmt"
	"slices"
	"strings"

	"k8s.io/apimachinery/pkg/types"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/account-operator/account-operator/api/v1alpha1"
	"github.com/account-operator/account-operator/internal/controller/object"
	"github.com/account-operator/account-operator/test/cluster"
)

// resyncs is how often all objects are compared, when nothing is left to do.
const resyncs = 3

// rests has the manager compare every object with its rows: that is what the annotation asks for. The first time only shows
// that nothing is under way any more. After that, all that may be written is that it was done.
func (s *run) rests() {
	s.Helper()
	s.resync("first")
	s.ends()
	s.notesWrites()
	mark := local.Audit.Mark()
	answers := map[string]int{}
	for n := range resyncs {
		for _, name := range s.resync(fmt.Sprint(n)) {
			answers[name]++
		}
	}
	s.isQuiet(mark, answers)
	s.ends()
}

// resync asks all objects, and waits until all have answered that will.
func (s *run) resync(request string) (answered []string) {
	s.Helper()
	annotation := fmt.Sprintf(`{"metadata":{"annotations":{%q:%q}}}`, v1alpha1.RequestedAtAnnotation, request)
	asked := s.objects()
	for _, o := range asked {
		s.must(s.api.Patch(s.Context(), o, client.RawPatch(types.MergePatchType, []byte(annotation))))
	}
	for _, o := range slices.DeleteFunc(asked, isLeftAlone) {
		s.eventually(convergence, func() string {
			s.must(s.api.Get(s.Context(), client.ObjectKeyFromObject(o), o))
			if o.CommonStatus().LastHandledRequest != request {
				return o.GetName() + " has not answered"
			}
			return ""
		})
		answered = append(answered, o.GetName())
	}
	return answered
}

// isLeftAlone reports whether the object is not served: it is suspended, or of another class.
func isLeftAlone(o object.Object) bool {
	return o.Common().Suspend && o.GetDeletionTimestamp().IsZero() || o.Common().ClassName != ""
}

// isQuiet fails the histories whose objects were written for more than the answers, and all if the store was written.
func (s *run) isQuiet(mark cluster.Mark, answers map[string]int) {
	s.Helper()
	found, err := local.Audit.Since(mark, cluster.ByUserAgent("manager/"+s.ns), cluster.Writes)
	s.must(err)
	written := map[string][]string{}
	for _, r := range found {
		what := r.Verb + " " + r.Resource + "/" + r.Subresource + " " + r.Name
		if history, _ := historyOf(r.Name); r.Subresource != "status" || answers[r.Name] == 0 {
			written[history] = append(written[history], what)
			continue
		}
		answers[r.Name]--
	}
	stored := s.writesToStore()
	for _, t := range s.histories {
		if w := written[t.name]; len(w) > 0 {
			t.fails("at rest these were written to the API server:\n  %s", strings.Join(w, "\n  "))
		}
		if len(stored) > 0 {
			t.fails("at rest the store was written, for one of all histories: %v", stored)
		}
	}
}

// notesWrites has the store note every row that is written from now on.
func (s *run) notesWrites() {
	s.Helper()
	tables := s.tables()
	s.foreign(`CREATE TABLE noted_writes (what TEXT NOT NULL)`)
	if s.server != "" {
		s.foreign(`CREATE FUNCTION note_write() RETURNS trigger LANGUAGE plpgsql AS
			$$ BEGIN INSERT INTO noted_writes VALUES (TG_OP || ' ' || TG_TABLE_NAME); RETURN NULL; END $$`)
	}
	for _, table := range tables {
		for _, op := range []string{"INSERT", "UPDATE", "DELETE"} {
			does := `BEGIN INSERT INTO noted_writes VALUES ('` + op + ` ` + table + `'); END`
			if s.server != "" {
				does = `FOR EACH ROW EXECUTE FUNCTION note_write()`
			}
			s.foreign(`CREATE TRIGGER noted_` + op + `_` + table + ` AFTER ` + op + ` ON ` + table + ` ` + does)
		}
	}
}

func (s *run) tables() (names []string) {
	s.Helper()
	query := `SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%'`
	if s.server != "" {
		query = `SELECT table_name FROM information_schema.tables WHERE table_schema = current_schema() AND table_type = 'BASE TABLE'`
	}
	s.each(func(row scanner) error {
		var name string
		err := row.Scan(&name)
		names = append(names, name)
		return err
	}, query)
	return names
}

func (s *run) writesToStore() (what []string) {
	s.Helper()
	s.each(func(row scanner) error {
		var one string
		err := row.Scan(&one)
		what = append(what, one)
		return err
	}, `SELECT what FROM noted_writes`)
	slices.Sort(what)
	return what
}
