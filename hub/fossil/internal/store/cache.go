package store

import (
	"container/list"
	"sync"
)

// cache holds recently used content, at most limit bytes. Its key is the
// artifact's hash, so an entry is right whatever happens to the database.
type cache struct {
	mu    sync.Mutex
	limit int
	used  int
	order *list.List // of entry, most recent first
	byKey map[string]*list.Element
}

type entry struct {
	key  string
	text []byte
}

func (c *cache) init(limit int) {
	c.limit = limit
	c.order = list.New()
	c.byKey = map[string]*list.Element{}
}

func (c *cache) get(key string) ([]byte, bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	e, ok := c.byKey[key]
	if !ok {
		return nil, false
	}
	c.order.MoveToFront(e)
	return e.Value.(entry).text, true
}

// put adds an entry and drops old ones. Content that would fill a quarter of
// the cache by itself is not worth it.
func (c *cache) put(key string, text []byte) {
	if len(text) > c.limit/4 {
		return
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	if e, ok := c.byKey[key]; ok {
		c.order.MoveToFront(e)
		return
	}
	c.byKey[key] = c.order.PushFront(entry{key, text})
	for c.used += len(text); c.used > c.limit; {
		c.drop(c.order.Back())
	}
}

func (c *cache) drop(e *list.Element) {
	old := c.order.Remove(e).(entry)
	delete(c.byKey, old.key)
	c.used -= len(old.text)
}
