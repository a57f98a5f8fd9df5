#include "ck_pool.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>

#if defined(__x86_64__)
#include <immintrin.h>
#define RELAX() _mm_pause()
#else
#define RELAX() ((void)0)
#endif

/// Iterations a waiting thread spins before it sleeps: about 50 microseconds.
enum { SPIN = 2000 };

struct ck_pool {
    int threads, started;
    pthread_t *handles;
    pthread_mutex_t call;   // one ck_pool_run at a time
    pthread_mutex_t mutex;  // guards sleeping
    pthread_cond_t wake, done;
    atomic_uint generation;
    atomic_int next, finished, sleepers, callerSleeps, stop;
    int count;
    ck_task task;
    void *context;
};

typedef struct {
    ck_pool *pool;
    int index;
} seat;

static void work(ck_pool *pool, int thread) {
    int i;
    while ((i = atomic_fetch_add(&pool->next, 1)) < pool->count) pool->task(pool->context, i, thread);
}

static void *loop(void *argument) {
    seat own = *(seat *)argument;
    free(argument);
    ck_pool *pool = own.pool;
    unsigned seen = 0;
    for (;;) {
        int spins = 0;
        while (atomic_load(&pool->generation) == seen) {
            if (++spins < SPIN) {
                RELAX();
                continue;
            }
            pthread_mutex_lock(&pool->mutex);
            atomic_fetch_add(&pool->sleepers, 1);
            while (atomic_load(&pool->generation) == seen) pthread_cond_wait(&pool->wake, &pool->mutex);
            atomic_fetch_sub(&pool->sleepers, 1);
            pthread_mutex_unlock(&pool->mutex);
        }
        seen++;
        if (atomic_load(&pool->stop)) return NULL;
        work(pool, own.index);
        if (atomic_fetch_add(&pool->finished, 1) == pool->threads - 2 && atomic_load(&pool->callerSleeps)) {
            pthread_mutex_lock(&pool->mutex);
            pthread_cond_signal(&pool->done);
            pthread_mutex_unlock(&pool->mutex);
        }
    }
}

static void announce(ck_pool *pool) {
    atomic_fetch_add(&pool->generation, 1);
    if (atomic_load(&pool->sleepers) > 0) {
        pthread_mutex_lock(&pool->mutex);
        pthread_cond_broadcast(&pool->wake);
        pthread_mutex_unlock(&pool->mutex);
    }
}

ck_pool *ck_pool_create(int threads) {
    ck_pool *pool = calloc(1, sizeof *pool);
    if (!pool) return NULL;
    pool->threads = threads;
    pthread_mutex_init(&pool->call, NULL);
    pthread_mutex_init(&pool->mutex, NULL);
    pthread_cond_init(&pool->wake, NULL);
    pthread_cond_init(&pool->done, NULL);
    pool->handles = calloc((size_t)threads, sizeof *pool->handles);
    for (int i = 1; pool->handles && i < threads; i++) {
        seat *own = malloc(sizeof *own);
        if (!own) break;
        *own = (seat){pool, i};
        if (pthread_create(&pool->handles[i - 1], NULL, loop, own)) {
            free(own);
            break;
        }
        pool->started++;
    }
    if (pool->started != threads - 1) {
        ck_pool_destroy(pool);
        return NULL;
    }
    return pool;
}

void ck_pool_destroy(ck_pool *pool) {
    if (!pool) return;
    atomic_store(&pool->stop, 1);
    announce(pool);
    for (int i = 0; i < pool->started; i++) pthread_join(pool->handles[i], NULL);
    pthread_cond_destroy(&pool->wake);
    pthread_cond_destroy(&pool->done);
    pthread_mutex_destroy(&pool->mutex);
    pthread_mutex_destroy(&pool->call);
    free(pool->handles);
    free(pool);
}

void ck_pool_run(ck_pool *pool, int count, ck_task task, void *context) {
    if (pool->threads == 1 || count == 1) {
        for (int i = 0; i < count; i++) task(context, i, 0);
        return;
    }
    pthread_mutex_lock(&pool->call);
    pool->count = count;
    pool->task = task;
    pool->context = context;
    atomic_store(&pool->callerSleeps, 0);
    atomic_store(&pool->finished, 0);
    atomic_store(&pool->next, 0);
    announce(pool);
    work(pool, 0);
    int spins = 0;
    while (atomic_load(&pool->finished) < pool->threads - 1) {
        if (++spins < SPIN) {
            RELAX();
            continue;
        }
        pthread_mutex_lock(&pool->mutex);
        atomic_store(&pool->callerSleeps, 1);
        while (atomic_load(&pool->finished) < pool->threads - 1) pthread_cond_wait(&pool->done, &pool->mutex);
        pthread_mutex_unlock(&pool->mutex);
    }
    pthread_mutex_unlock(&pool->call);
}
