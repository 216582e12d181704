import type { StoreContext } from './context.ts';

/** The demo studio's memory: what a picture is meant to show. Read by its judges. */
export function createDemoMemory({ db, writer }: StoreContext) {
  const get = db.prepare('SELECT scene FROM demo_scene WHERE image_hash = ?').pluck();
  const put = db.prepare('INSERT OR IGNORE INTO demo_scene VALUES (?, ?)');
  return {
    sceneOf: (imageHash: string) => get.get(imageHash) as string | undefined,
    async remember(imageHash: string, scene: string): Promise<void> {
      await writer.write(() => put.run(imageHash, scene), true);
    },
  };
}

/** Where the editor writes what it really did. It can only be written here: nothing in the engine reads it. */
export function createDemoTruth({ db, writer }: StoreContext) {
  const put = db.prepare('INSERT OR IGNORE INTO demo_truth VALUES (?, ?)');
  return {
    async record(imageHash: string, truth: string): Promise<void> {
      await writer.write(() => put.run(imageHash, truth), true);
    },
  };
}
