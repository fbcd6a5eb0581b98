"""move cases."""

import sqlalchemy as sa
from alembic import op

revision = '0020'
down_revision = '0019'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column('case', sa.Column('moves', sa.Integer(), server_default='0', nullable=False, comment='how often it has come to another deployment; numbers its moves'))
    op.add_column('document_version', sa.Column('moves', sa.Integer(), server_default='0', nullable=False, comment='how often its case had moved by then: by which form it is read'))
    op.create_table('case_move',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('board_id', sa.Uuid(), nullable=False),
    sa.Column('case_id', sa.Uuid(), nullable=False),
    sa.Column('number', sa.Integer(), nullable=False, comment='1, 2, ... within the case'),
    sa.Column('from_deployment_id', sa.Uuid(), nullable=False),
    sa.Column('to_deployment_id', sa.Uuid(), nullable=False),
    sa.Column('at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('moved_by', sa.Uuid(), nullable=False),
    sa.Column('renamed', sa.Text(), nullable=False, comment='{process: {id of an element before: its id after}}'),
    sa.Column('passed', sa.LargeBinary(), nullable=False, comment='{process: {id of a step gone past: why}}'),
    sa.Column('takes_back', sa.Uuid(), nullable=True, comment='the move that this one takes back; null: none'),
    sa.ForeignKeyConstraint(['board_id'], ['board.id'], name=op.f('fk_case_move_board_id_board')),
    sa.ForeignKeyConstraint(['case_id'], ['case.id'], name=op.f('fk_case_move_case_id_case')),
    sa.ForeignKeyConstraint(['from_deployment_id'], ['deployment.id'], name=op.f('fk_case_move_from_deployment_id_deployment')),
    sa.ForeignKeyConstraint(['moved_by'], ['account.id'], name=op.f('fk_case_move_moved_by_account')),
    sa.ForeignKeyConstraint(['takes_back'], ['case_move.id'], name=op.f('fk_case_move_takes_back_case_move')),
    sa.ForeignKeyConstraint(['to_deployment_id'], ['deployment.id'], name=op.f('fk_case_move_to_deployment_id_deployment')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_case_move')),
    sa.UniqueConstraint('case_id', 'number', name=op.f('uq_case_move_case_id_number'))
    )


def downgrade() -> None:
    op.drop_table('case_move')
    op.drop_column('document_version', 'moves')
    op.drop_column('case', 'moves')
