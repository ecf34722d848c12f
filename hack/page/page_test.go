package page

import "testing"

func TestBetween_Marks_OnlyWhatIsInsideChanges(t *testing.T) {
	got, err := Between([]byte("before\n"+Begin+"old\n"+End+"\nafter\n"), "new\n")
	if want := "before\n" + Begin + "new\n" + End + "\nafter\n"; err != nil || string(got) != want {
		t.Errorf("got %q, %v", got, err)
	}
	for _, page := range []string{"", Begin, End, End + Begin} {
		if _, err := Between([]byte(page), "new"); err == nil {
			t.Errorf("%q was taken for a page with marks", page)
		}
	}
}
