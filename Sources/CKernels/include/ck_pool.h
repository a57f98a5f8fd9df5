/// A thread pool: tasks of one call are handed out by an atomic counter.
#ifndef CK_POOL_H
#define CK_POOL_H

typedef struct ck_pool ck_pool;
typedef void (*ck_task)(void *context, int task, int thread);

/// Starts threads - 1 threads. NULL when the system refuses.
ck_pool *ck_pool_create(int threads);
void ck_pool_destroy(ck_pool *pool);
/// Runs task(context, i, thread) for i in 0..<count; the caller takes part. One call at a time; others wait.
void ck_pool_run(ck_pool *pool, int count, ck_task task, void *context);

#endif
