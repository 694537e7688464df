package store

import (
	"fmt"
	"testing"
)

func TestCacheKeepsToItsLimit(t *testing.T) {
	var c cache
	c.init(100)
	for i := range 20 {
		c.put(fmt.Sprint(i), make([]byte, 10))
		c.get("0") // stays in use
	}
	c.put("large", make([]byte, 26))
	held := 0
	for i := range 20 {
		if _, ok := c.get(fmt.Sprint(i)); ok {
			held++
		}
	}
	if held != 10 || c.used != 100 {
		t.Errorf("%d entries of %d bytes, want 10 of 100", held, c.used)
	}
	if _, ok := c.get("0"); !ok {
		t.Error("the entry in use was dropped")
	}
	if _, ok := c.get("large"); ok {
		t.Error("an entry over a quarter of the limit was kept")
	}
}
